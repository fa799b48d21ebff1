import { isIP } from 'node:net';

import { TsmachineError } from '../base/errors.js';
import type { FlagValues } from '../base/flags.js';
import { exactJson, parseExactJson } from '../base/json.js';
import type { DriverData, State } from '../base/machine.js';
import { join, say, type Text } from '../base/text.js';
import type { Driver, DriverContext, Endpoint, Look } from '../driver/contract.js';
import { patched, textOf } from '../driver/kit/data.js';
import { driverContext } from '../machine/access/driver-context.js';
import type { OpenDriver } from '../machine/access/driver-pool.js';
import { Resources } from '../machine/access/resources.js';
import { openMachineSession, type Session, type SessionOptions } from '../machine/session.js';

interface Opening extends Pick<SessionOptions, 'io' | 'signal'> {
  readonly env: NodeJS.ProcessEnv;
  /** The driver's name as the client has it. */
  readonly calledAs: string;
}

/**
 * The one machine that a served driver holds for Docker Machine. Docker Machine owns config.json: the data is told to it, and it writes
 * them. What was made is in our ledger beside that file.
 */
export class ServedMachine {
  readonly #opening: Opening;
  readonly #driver: OpenDriver;
  #data: DriverData = {};
  #flags: FlagValues = {};
  #work: { readonly key: string; readonly session: Session; readonly ctx: DriverContext; readonly resources: Resources } | undefined;
  /** What the last look saw. */
  #seen: Look | undefined;

  constructor(opening: Opening, driver: OpenDriver) {
    [this.#opening, this.#driver] = [opening, driver];
  }

  get name(): string {
    return textOf(this.#data, 'MachineName');
  }

  /** As Docker Machine knows it: it starts the driver of this name next time. What it must not provision has to be called `none`. */
  get driverName(): string {
    return this.#driver.features.provision ? this.#opening.calledAs : 'none';
  }

  /** The data as JSON. */
  get raw(): Buffer {
    return Buffer.from(exactJson(this.#data));
  }

  /** Docker Machine reads JSON over what is there. */
  take(raw: Uint8Array): void {
    const data = parseExactJson(Buffer.from(raw).toString('utf8'));
    if (typeof data !== 'object' || data === null || Array.isArray(data)) {
      throw new TsmachineError('CONFIG_UNREADABLE', 'The configuration of the machine is no JSON object');
    }
    this.#data = { ...this.#data, ...data };
  }

  async describe(flags: FlagValues): Promise<void> {
    this.#flags = flags;
    const storePath = textOf(this.#data, 'StorePath');
    const { session } = this.#at();
    const swarm = {
      SwarmMaster: this.#data['SwarmMaster'],
      SwarmHost: this.#data['SwarmHost'],
      SwarmDiscovery: this.#data['SwarmDiscovery'],
    };
    const input = { machineName: this.name, storePath, machineDir: session.store.machine(this.name).dir, flags };
    this.#data = { ...(await this.#driver.driver.parse(input)), ...swarm };
  }

  precheck(): Promise<void> {
    return this.#use((driver, ctx) => driver.precheck(this.#data, ctx));
  }

  create(): Promise<void> {
    return this.#change((driver, ctx) => driver.create(this.#data, ctx));
  }

  start(): Promise<void> {
    return this.#change((driver, ctx) => driver.start(this.#data, ctx));
  }

  stop(): Promise<void> {
    return this.#change((driver, ctx) => driver.stop(this.#data, ctx));
  }

  kill(): Promise<void> {
    return this.#change((driver, ctx) => driver.kill(this.#data, ctx));
  }

  restart(): Promise<void> {
    return this.#change(async (driver, ctx) => {
      if (driver.restart) return driver.restart(this.#data, ctx);
      await driver.stop(this.#data, ctx);
      await driver.start(this.#data, ctx);
    });
  }

  remove(): Promise<void> {
    return this.#change(async (driver, ctx) => {
      const { left } = await driver.remove(this.#data, ctx);
      if (left.length > 0) {
        const each = left.map(({ kind, id, name, why }): Text => say`${kind} ${name ?? id}${why === undefined ? '' : say`: ${why}`}`);
        throw new TsmachineError('DRIVER_FAILED', join([`Not everything of ${this.name} could be removed:`, ...each], '\n'));
      }
      const { session } = this.#at();
      const { store, machine } = await ctx.owner();
      await session.registry.forget(store, machine);
    });
  }

  async state(): Promise<State> {
    return (await this.#look()).state;
  }

  /** @throws TsmachineError MACHINE_STATE in Docker Machine's words while it does not run */
  async url(): Promise<string> {
    const { state, dockerUrl } = await this.#look();
    if (state === 'Running' && dockerUrl !== undefined) return dockerUrl;
    throw new TsmachineError('MACHINE_STATE', 'Host is not running');
  }

  /** @throws TsmachineError MACHINE_STATE while it has no address of that family */
  async ip(family?: 6): Promise<string> {
    const { addresses } = await this.#where();
    const found = addresses.find(({ ip }) => (isIP(ip) === 6) === (family === 6)) ?? (family === 6 ? undefined : addresses[0]);
    if (found) return found.ip;
    throw new TsmachineError('MACHINE_STATE', family === 6 ? 'IPv6 address is not set' : 'IP address is not set');
  }

  /** Where SSH is; before there is a machine, what its data say. */
  async ssh(): Promise<{ host: string; port: number; user: string; keyPath: string }> {
    const { ssh } = await this.#where();
    return {
      host: ssh?.host ?? textOf(this.#data, 'IPAddress'),
      port: ssh?.port ?? 22,
      user: ssh?.user ?? (textOf(this.#data, 'SSHUser') || 'root'),
      keyPath: ssh?.keyPath ?? textOf(this.#data, 'SSHKeyPath'),
    };
  }

  async close(): Promise<void> {
    await this.#work?.session.drivers.close();
  }

  async #look(): Promise<Look> {
    this.#seen = await this.#use((driver, ctx) => driver.look(this.#data, ctx));
    return this.#seen;
  }

  /** Docker Machine asks for each part of it alone. */
  async #where(): Promise<Endpoint> {
    const pure = await this.#use((driver, ctx) => Promise.resolve(driver.where?.(this.#data, ctx)));
    if (pure) return pure;
    return this.#seen?.state === 'Running' && this.#seen.addresses.length > 0 ? this.#seen : this.#look();
  }

  #use<T>(work: (driver: Driver, ctx: DriverContext) => Promise<T>): Promise<T> {
    const { driver } = this.#driver;
    const { session, ctx } = this.#at();
    driver.check(this.#data, { machineDir: session.store.machine(this.name).dir });
    return work(driver, ctx);
  }

  /** Under the machine's lock, so that no tsmachine works on it meanwhile. */
  #change(work: (driver: Driver, ctx: DriverContext) => Promise<void>): Promise<void> {
    this.#seen = undefined;
    const { session } = this.#at();
    return session.store.lock(this.name, () => this.#use(work), { signal: session.signal });
  }

  /** The machine's store, which is known once its configuration is. */
  #at() {
    const [storePath, name] = [textOf(this.#data, 'StorePath'), this.name];
    const key = `${storePath}\0${name}`;
    if (this.#work?.key === key) return this.#work;
    if (storePath === '' || name === '') throw new TsmachineError('CONFIG_UNREADABLE', 'The machine has no name or no store yet');
    const session = openMachineSession({ ...this.#opening, storePath, flags: this.#flags }, []);
    const resources = new Resources(session, name, this.#driver.name);
    const replace = (data: DriverData) => {
      this.#data = data;
      return Promise.resolve(data);
    };
    const now = () => this.#data;
    const ctx = driverContext(session, {
      name,
      module: this.#driver,
      get data() {
        return now();
      },
      resources,
      keep: (patch) => replace(patched(this.#data, patch)),
      replace,
    });
    this.#work = { key, session, ctx, resources };
    return this.#work;
  }
}
