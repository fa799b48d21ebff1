import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { TsmachineError } from '../../../base/errors.js';
import { flagValues } from '../../../base/flags.js';
import { plain, type Text } from '../../../base/text.js';
import type { AccountContext, Driver, DriverContext, DriverData, DriverDescription, FlagValues } from '../../contract.js';
import { MemoryMachine, memoryAccount } from '../memory-context.js';
import type { Around, ConformanceWorld, Subject } from './world.js';

/** refused: the call is not carried out, and fails. unheard: it is carried out, and fails all the same. */
export type Fate = 'obeyed' | 'refused' | 'unheard';

/** A machine of the world: what is on disk of it, and its contexts. */
export interface Actor {
  readonly name: string;
  readonly machineDir: string;
  readonly memory: MemoryMachine;
  /** A new context, as the next process has it. */
  readonly ctx: () => DriverContext;
}

/** One world with the driver in it, and whatever disturbs the two. */
export class Stage {
  /** Calls to the outside so far. */
  calls = 0;
  /** What becomes of the n-th call, counted from 0. */
  fate: (index: number) => Fate = () => 'obeyed';
  /** Everything that the driver said. */
  readonly said: string[] = [];
  readonly machines: Actor[] = [];
  readonly store: string = randomUUID();
  readonly otherStore: string = randomUUID();
  controller = new AbortController();
  /** The process was killed: it does nothing any more. */
  #isDead = false;
  #world: ConformanceWorld | undefined;
  #driver: Driver | undefined;

  private constructor(
    readonly subject: Subject,
    readonly description: DriverDescription,
  ) {}

  static async open(subject: Subject): Promise<Stage> {
    const stage = new Stage(subject, await subject.module.describe());
    stage.#world = await subject.options.makeWorld(stage.around);
    const { signal } = new AbortController();
    stage.#driver = (await stage.world.open?.()) ?? (await subject.module.open({ env: {}, signal }));
    return stage;
  }

  get world(): ConformanceWorld {
    if (!this.#world) throw new Error('the world is not there yet');
    return this.#world;
  }

  get driver(): Driver {
    if (!this.#driver) throw new Error('the driver is not open yet');
    return this.#driver;
  }

  readonly around: Around = async (call, carryOut) => {
    if (this.#isDead) throw new Error(`killed before: ${call}`);
    this.controller.signal.throwIfAborted();
    const fate = this.fate(this.calls);
    this.calls += 1;
    this.controller.signal.throwIfAborted(); // it may have been aborted at this very call
    if (fate === 'obeyed') return carryOut();
    if (fate === 'unheard') await carryOut().catch(() => undefined); // whatever it answered, nobody heard it
    throw new TsmachineError('WAIT_TIMEOUT', `no answer to: ${call}`);
  };

  /** From here on nothing is carried out and nothing written, until the next process. */
  kill(): never {
    this.#isDead = true;
    throw new Error('killed');
  }

  /** What follows runs in a new process, undisturbed. */
  restart(): void {
    this.#isDead = false;
    this.fate = () => 'obeyed';
    this.controller = new AbortController();
    for (const { memory } of this.machines) memory.onWrite = () => undefined;
  }

  /** Defaults, what the world says, and what the test says. */
  flags(more: FlagValues = {}): FlagValues {
    return { ...flagValues(this.description.flags, {}, {}), ...this.world.flags, ...this.world.secrets, ...more };
  }

  parse(machine: Pick<Actor, 'name' | 'machineDir'>, more: FlagValues = {}): Promise<DriverData> {
    const { name: machineName, machineDir } = machine;
    return this.driver.parse({ machineName, storePath: this.world.dir, machineDir, flags: this.flags(more) });
  }

  /** A machine that was asked for, and not made yet. @param store the id of its store */
  async machine(name = 'm1', store = this.store): Promise<Actor> {
    const machineDir = join(this.world.dir, store === this.store ? 'machines' : 'other', name);
    await this.world.files.makeDir(machineDir);
    const memory = new MemoryMachine(await this.parse({ name, machineDir }), { store, machine: randomUUID() });
    const actor: Actor = { name, machineDir, memory, ctx: () => this.#context(actor) };
    this.machines.push(actor);
    return actor;
  }

  async create(machine: Actor): Promise<void> {
    await this.driver.create(machine.memory.data, machine.ctx());
  }

  async remove(machine: Actor): Promise<void> {
    const { left } = await this.driver.remove(machine.memory.data, machine.ctx());
    if (left.length > 0) throw new Error(`remove left ${left.map(({ kind, id, why = '' }) => `${kind} ${id}: ${plain(why)}`).join(', ')}`);
  }

  account(): AccountContext {
    const registered = this.machines.map(({ memory, name, machineDir }) => memory.registered(name, machineDir));
    return memoryAccount(this.store, registered, {
      ...this.#common(),
      machineDir: (name) => join(this.world.dir, 'machines', name),
      ...this.#disturbed(this.world.account?.() ?? {}),
    });
  }

  async inventory(): Promise<string[]> {
    return [...(await this.world.inventory())].sort();
  }

  async count(): Promise<number | undefined> {
    return this.world.machines?.();
  }

  /** Every file below the world's folder with its size. */
  async filesBelow(dir = this.world.dir): Promise<string[]> {
    const found: string[] = [];
    for (const name of await this.world.files.list(dir)) {
      const path = join(dir, name);
      const facts = await this.world.files.facts(path);
      found.push(`${path} ${facts?.isFolder ? '' : (facts?.size ?? 'link')}`);
      if (facts?.isFolder) found.push(...(await this.filesBelow(path)));
    }
    return found.sort();
  }

  async close(): Promise<void> {
    await this.world.close?.();
  }

  #context(machine: Actor): DriverContext {
    const { name: machineName, machineDir, memory } = machine;
    const ctx = memory.context({
      ...this.#common(),
      machineName,
      machineDir,
      ...this.#disturbed(this.world.parts?.({ name: machineName, machineDir }) ?? {}),
    });
    return { ...ctx, keep: (patch) => this.#alive(() => ctx.keep(patch)), replace: (data) => this.#alive(() => ctx.replace(data)) };
  }

  #common() {
    const say = (text: Text): void => {
      this.said.push(plain(text));
    };
    return {
      cacheDir: join(this.world.dir, 'cache'),
      files: this.world.files,
      secrets: this.world.secrets ?? {},
      signal: this.controller.signal,
      io: { info: say, warn: say, debug: say, progress: say },
    };
  }

  #alive<T>(work: () => Promise<T>): Promise<T> {
    return this.#isDead ? Promise.reject(new Error('killed')) : work();
  }

  /** The calls of a context that reach the outside, each through `around`. */
  #disturbed<P extends Partial<DriverContext> | Partial<AccountContext>>(parts: P): P {
    const wrapped: Record<string, unknown> = {};
    for (const name of ['exec', 'spawnDetached', 'ssh', 'download', 'fetchText']) {
      const call: unknown = Reflect.get(parts, name);
      if (typeof call !== 'function') continue;
      wrapped[name] = (...args: unknown[]) =>
        this.around(`${name} ${args.filter((arg) => typeof arg === 'string' || Array.isArray(arg)).join(' ')}`, () =>
          Promise.resolve(Reflect.apply(call, parts, args) as unknown),
        );
    }
    return { ...parts, ...wrapped };
  }
}

/** Runs a test in a world of its own. */
export async function onStage<T>(subject: Subject, use: (stage: Stage) => Promise<T>): Promise<T> {
  const stage = await Stage.open(subject);
  try {
    return await use(stage);
  } finally {
    await stage.close();
  }
}
