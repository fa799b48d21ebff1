import { join } from 'node:path';

import type { Pace } from '../../../src/driver/kit/cloud/call/pace.js';
import { googleOver } from '../../../drivers/google/driver.js';
import { flags as specs } from '../../../drivers/google/flags.js';
import { flagValues, type FlagValues } from '../../../src/base/flags.js';
import type { AccountContext, Driver, DriverContext, FlagValues as Values, Leftover, Owner } from '../../../src/driver/contract.js';
import { MemoryMachine, memoryAccount } from '../../../src/driver/kit/memory-context.js';
import { computerFiles } from '../../../src/machine/access/files.js';
import { limited } from '../../../src/machine/access/limit.js';
import type { GceStandIn } from '../../stand-ins/gce/index.js';
import { countedPace, emptyFolder, flagsFor, openBundle, secretsOf } from './driver-world.js';

/** Machines on the stand-in, as the core would have them. */
export class Bench {
  readonly driver: Driver;
  secrets: Values;
  readonly said: string[] = [];
  /** All machines are made in one run: what was asked for one is known for the others. */
  #run = new AbortController();
  readonly #dir: string;
  readonly #close: () => Promise<void>;

  private constructor(
    readonly cloud: GceStandIn,
    folder: { readonly dir: string; readonly close: () => Promise<void> },
    pace: Pace,
  ) {
    this.driver = googleOver({ open: openBundle(), pace });
    this.secrets = secretsOf(cloud);
    this.#dir = folder.dir;
    this.#close = folder.close;
  }

  /** @param pace by default a clock that never waits */
  static async open(cloud: GceStandIn, pace: Pace = countedPace()): Promise<Bench> {
    return new Bench(cloud, await emptyFolder(), pace);
  }

  /** A machine that is wanted, and not made yet. */
  async machine(name: string, flags: FlagValues = {}, owner?: Owner): Promise<Made> {
    const machineDir = join(this.#dir, owner?.store ?? 'own', name);
    await computerFiles.makeDir(machineDir);
    const given = { ...flagValues(specs, {}, {}), ...flagsFor(this.cloud), ...flags };
    const data = await this.driver.parse({ machineName: name, storePath: this.#dir, machineDir, flags: given });
    return new Made(this, new MemoryMachine(data, owner), name, machineDir);
  }

  /** Another run begins, which knows nothing of the one before. */
  anew(): void {
    this.#run = new AbortController();
  }

  account(): AccountContext {
    return memoryAccount('store', [], { ...this.#parts(), machineDir: (name) => join(this.#dir, 'own', name) });
  }

  context(machine: Made): DriverContext {
    return machine.memory.context({ ...this.#parts(), machineName: machine.name, machineDir: machine.machineDir });
  }

  async close(): Promise<void> {
    await this.#close();
  }

  /** How many calls of an action there were. */
  async count(action: string, after = 0): Promise<number> {
    return (await this.cloud.calls(after)).filter((call) => call.action === action).length;
  }

  #parts() {
    const say = (text: unknown): void => void this.said.push(JSON.stringify(text));
    const { signal } = this.#run;
    return {
      cacheDir: join(this.#dir, 'cache'),
      files: computerFiles,
      secrets: this.secrets,
      signal,
      io: { info: say, warn: say, debug: say, progress: say },
      limit: <T>(account: string, use: () => Promise<T>) => limited(account, use, signal),
    };
  }
}

/** A machine with what is on disk of it. */
export class Made {
  constructor(
    readonly bench: Bench,
    readonly memory: MemoryMachine,
    readonly name: string,
    readonly machineDir: string,
  ) {}

  get zone(): string {
    return String(this.memory.data['Zone']);
  }

  precheck = () => this.bench.driver.precheck(this.memory.data, this.bench.context(this));
  create = () => this.bench.driver.create(this.memory.data, this.bench.context(this));
  look = () => this.bench.driver.look(this.memory.data, this.bench.context(this));
  start = () => this.bench.driver.start(this.memory.data, this.bench.context(this));
  stop = () => this.bench.driver.stop(this.memory.data, this.bench.context(this));
  kill = () => this.bench.driver.kill(this.memory.data, this.bench.context(this));
  remove = async (): Promise<readonly Leftover[]> => (await this.bench.driver.remove(this.memory.data, this.bench.context(this))).left;

  /** Looks until it is in a state; the stand-in's time goes on with each look. */
  async until(state: string): Promise<void> {
    for (let looks = 0; looks < 20; looks += 1) if ((await this.look()).state === state) return;
    throw new Error(`${this.name} did not become ${state}`);
  }
}
