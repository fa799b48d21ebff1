import { join } from 'node:path';

import '../../../helpers/state-dir.js';
import type { Owner } from '../../../../src/base/machine.js';
import { TsmachineError } from '../../../../src/base/errors.js';
import type { AccountContext, Driver, DriverContext, Leftover } from '../../../../src/driver/contract.js';
import { checkFields, sshUser } from '../../../../src/driver/kit/check.js';
import { DriverPool, type OpenDriver } from '../../../../src/machine/access/driver-pool.js';
import { attachDriver, type Machine } from '../../../../src/machine/machine.js';
import { openMachineSession, type Session } from '../../../../src/machine/session.js';
import { newHostConfig } from '../../../../src/store/config/schema.js';
import { RecordingIo } from '../../../helpers/recording-io.js';
import { scratch } from '../../../helpers/scratch.js';

interface Thing {
  readonly id: string;
  owner?: NonNullable<Leftover['owner']>;
  readonly path?: string;
}

/** Stands in for one of the built-in drivers, whose name it bears; the others have nothing. */
export const fakeDriver = 'virtualbox';

/** A computer with stores, what it remembers of them, and what the fake driver has made on it. */
export class FakeComputer {
  readonly home = scratch();
  readonly stateDir = join(this.home, 'state');
  readonly env = { HOME: this.home, TSMACHINE_STATE_DIR: this.stateDir };
  things: Thing[] = [];
  /** Thrown when the driver is asked what there is. */
  blind: TsmachineError | undefined;
  /** Whether the driver can remove no machine. */
  unwilling = false;
  /** Ids that cannot be removed. */
  readonly stuck = new Set<string>();
  readonly claimed: Owner[] = [];
  #made = 0;

  root(store: string): string {
    return join(this.home, store, 'machine');
  }

  session(store: string): Session & { readonly io: RecordingIo } {
    const io = new RecordingIo();
    const session = openMachineSession({ storePath: this.root(store), io, signal: new AbortController().signal, env: this.env }, []);
    return { ...session, io, drivers: new FakePool(this.#driver()) };
  }

  /** A machine as `create` leaves it. @param driverName none: a machine that asks for no owner */
  async make(store: string, name: string, driverName = fakeDriver): Promise<Machine> {
    const session = this.session(store);
    const { root } = session.store;
    await session.store.reserve(name);
    const config = newHostConfig({ name, root, driverName, driver: { SSHUser: 'docker' }, engine: {}, serverCertSans: [] });
    const machine = await attachDriver(session, config);
    await machine.save();
    await machine.driver.create(machine.data, machine.ctx);
    return machine;
  }

  /** Runs `use` while every session opens this computer's drivers, also one that a command opens. */
  async everywhere<T>(use: () => Promise<T>): Promise<T> {
    // oclif imports commands with an instance of every module of their own
    const loaded = (await import('../../../../src/machine/access/driver-pool.js')).DriverPool.prototype;
    const { open } = Object.getOwnPropertyDescriptors(loaded);
    const pool = new FakePool(this.#driver());
    loaded.open = (name) => pool.open(name);
    try {
      return await use();
    } finally {
      Object.defineProperty(loaded, 'open', open);
    }
  }

  get ids(): string[] {
    return this.things.map(({ id }) => id).sort();
  }

  #driver(): Driver {
    return {
      ...inertDriver,
      check: (data) => {
        checkFields(data, { SSHUser: sshUser });
      },
      create: async (_data, ctx) => {
        const wanted = { kind: 'fake VM', scope: 'machine', request: {} } as const;
        await ctx.resource('vm', wanted, { find: ({ id }) => Promise.resolve(this.#find(id)), make: () => this.#make(ctx) });
      },
      remove: async (_data, ctx) => {
        if (this.unwilling) return { left: [{ kind: 'fake VM', id: ctx.machineName }] };
        for (const entry of await ctx.resources()) {
          this.#delete(entry.id ?? '');
          await ctx.released(entry);
        }
        return { left: [] };
      },
      leftovers: () => {
        if (this.blind) return Promise.reject(this.blind);
        return Promise.resolve(this.things.map((thing): Leftover => ({ kind: 'fake VM', ...thing })));
      },
      discard: ({ id }, _ctx: AccountContext) => {
        if (this.stuck.has(id)) return Promise.reject(new TsmachineError('DRIVER_FAILED', 'it is stuck'));
        this.#delete(id);
        return Promise.resolve();
      },
      claim: async (_data, ctx) => {
        const owner = await ctx.owner();
        this.claimed.push(owner);
        for (const { id } of await ctx.resources()) for (const thing of this.things) if (thing.id === id) thing.owner = owner;
      },
    };
  }

  async #make(ctx: DriverContext): Promise<string> {
    const id = `${ctx.machineName}-${(this.#made += 1)}`;
    this.things.push({ id, owner: await ctx.owner() });
    return id;
  }

  #find(id: string | undefined): string | undefined {
    return this.things.find((thing) => thing.id === id)?.id;
  }

  #delete(id: string): void {
    this.things = this.things.filter((thing) => thing.id !== id);
  }
}

const nothing = () => Promise.resolve();

/** A driver that makes nothing and asks for no owner. */
const inertDriver: Driver = {
  parse: () => Promise.resolve({}),
  check: () => undefined,
  precheck: nothing,
  create: nothing,
  look: () => Promise.resolve({ state: 'Running', addresses: [] }),
  start: nothing,
  stop: nothing,
  kill: nothing,
  remove: () => Promise.resolve({ left: [] }),
};

class FakePool extends DriverPool {
  readonly #driver: Driver;

  constructor(driver: Driver) {
    super({ env: {}, signal: new AbortController().signal });
    this.#driver = driver;
  }

  override open(name: string): Promise<OpenDriver> {
    const features = { provision: false, powerControl: true, ownsHost: true, hostKeyKnown: true };
    return Promise.resolve({ name, flags: [], features, driver: name === fakeDriver ? this.#driver : inertDriver });
  }
}
