import { join } from 'node:path';

import { openArmWith } from '../../../drivers/azure/api.js';
import { azureOver } from '../../../drivers/azure/driver.js';
import { flags as specs } from '../../../drivers/azure/flags.js';
import { flagValues, type FlagValues } from '../../../src/base/flags.js';
import type { AccountContext, Driver, DriverContext, Leftover, Owner } from '../../../src/driver/contract.js';
import type { Pace } from '../../../src/driver/kit/cloud/call/pace.js';
import { MemoryMachine, memoryAccount } from '../../../src/driver/kit/memory-context.js';
import { computerFiles } from '../../../src/machine/access/files.js';
import { limited } from '../../../src/machine/access/limit.js';
import type { ArmStandIn } from '../../stand-ins/arm/index.js';
import { accountSecrets, countedPace, emptyFolder, flagsFor, loadBundle } from './driver-world.js';

/** Machines on the stand-in, as the core would have them. */
export class Bench {
  readonly driver: Driver;
  secrets: FlagValues;
  readonly said: string[] = [];
  /** What the URL for this computer's address answers, and the serial console's. */
  fetched = '203.0.113.9';
  /** All machines are made in one run: what was asked for one is known for the others. */
  #run = new AbortController();
  readonly #dir: string;
  readonly #close: () => Promise<void>;

  private constructor(
    readonly cloud: ArmStandIn,
    folder: { readonly dir: string; readonly close: () => Promise<void> },
    pace: Pace,
  ) {
    this.driver = azureOver({ open: openArmWith({ pace, load: loadBundle }), pace });
    this.secrets = accountSecrets(cloud);
    this.#dir = folder.dir;
    this.#close = folder.close;
  }

  /** @param pace by default a clock that never waits */
  static async open(cloud: ArmStandIn, pace: Pace = countedPace()): Promise<Bench> {
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

  account(store = 'store'): AccountContext {
    return memoryAccount(store, [], { ...this.#parts(), machineDir: (name) => join(this.#dir, 'own', name) });
  }

  context(machine: Made): DriverContext {
    return machine.memory.context({ ...this.#parts(), machineName: machine.name, machineDir: machine.machineDir });
  }

  /** What follows is another run. */
  nextRun(): void {
    this.#run = new AbortController();
  }

  async close(): Promise<void> {
    await this.#close();
  }

  /** Actions of the calls after the first `after`, without looks at operations and logins. */
  async actions(after = 0): Promise<string[]> {
    const calls = await this.cloud.calls(after);
    return calls.flatMap(({ action }) => (action === 'poll' || action === 'token' ? [] : [action]));
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
      fetchText: () => Promise.resolve(this.fetched),
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

  get own(): Readonly<Record<string, unknown>> {
    return (this.memory.data['Own'] ?? {}) as Readonly<Record<string, unknown>>;
  }

  get id(): string {
    return String(this.own['vmId']);
  }

  precheck = () => this.bench.driver.precheck(this.memory.data, this.bench.context(this));
  create = () => this.bench.driver.create(this.memory.data, this.bench.context(this));
  look = () => this.bench.driver.look(this.memory.data, this.bench.context(this));
  start = () => this.bench.driver.start(this.memory.data, this.bench.context(this));
  stop = () => this.bench.driver.stop(this.memory.data, this.bench.context(this));
  kill = () => this.bench.driver.kill(this.memory.data, this.bench.context(this));
  remove = async (): Promise<readonly Leftover[]> => (await this.bench.driver.remove(this.memory.data, this.bench.context(this))).left;
}
