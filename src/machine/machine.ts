import type { DriverData } from '../base/machine.js';
import { TsmachineError } from '../base/errors.js';
import { run, say } from '../base/text.js';
import type { Driver, DriverContext, Endpoint, Look } from '../driver/contract.js';
import { patched, textOf } from '../driver/kit/data.js';
import { Turns } from '../driver/kit/turns.js';
import type { HostConfig, SwarmOptions } from '../store/config/schema.js';
import { nameAsRsa } from '../store/key-name.js';
import { driverContext } from './access/driver-context.js';
import { notTyped, type OpenDriver } from './access/driver-pool.js';
import { Resources } from './access/resources.js';
import type { Session } from './session.js';

/** Where a machine with this data is: machines of one place reach each other by private address. Pure. */
export function placeOf(name: string, driver: Driver, data: DriverData): string {
  return `${name} ${driver.place?.(data) ?? ''}`;
}

/** A machine of the store together with its driver. */
export class Machine {
  readonly name: string;
  /** The driver's name, flags and features. */
  readonly module: Omit<OpenDriver, 'driver'>;
  readonly driver: Driver;
  readonly ctx: DriverContext;
  readonly resources: Resources;
  readonly #session: Session;
  #config: HostConfig;
  readonly #turns = new Turns();
  /** What the last look of this command saw. */
  #seen: Look | undefined;

  constructor(session: Session, config: HostConfig, open: OpenDriver) {
    this.name = config.Name;
    this.module = open;
    this.driver = open.driver;
    this.#session = session;
    this.#config = config;
    this.resources = new Resources(session, config.Name, open.name);
    this.ctx = driverContext(session, this);
  }

  get config(): HostConfig {
    return this.#config;
  }

  get data(): DriverData {
    return this.#config.Driver;
  }

  /** Machines of one place reach each other by private address. */
  get place(): string {
    return placeOf(this.module.name, this.driver, this.data);
  }

  /** How the machine is now. */
  async look(): Promise<Look> {
    this.#seen = undefined;
    this.#seen = await this.driver.look(this.data, this.ctx);
    return this.#seen;
  }

  /**
   * Where it is reached while it runs: without asking anybody, if its driver can tell, or if this command has seen it running. Whoever
   * switches it looks again.
   */
  where(): Promise<Endpoint> {
    if (this.driver.where) return Promise.resolve(this.driver.where(this.data, this.ctx));
    return this.#seen?.state === 'Running' && this.#seen.addresses.length > 0 ? Promise.resolve(this.#seen) : this.look();
  }

  /** Changes fields of the driver's data and writes the machine to disk; undefined takes a field away. */
  keep(patch: Readonly<Record<string, unknown>>): Promise<DriverData> {
    return this.replace(patched(this.data, patch));
  }

  /** Makes this the driver's data and writes the machine to disk. */
  async replace(data: DriverData): Promise<DriverData> {
    this.#config = { ...this.#config, Driver: data };
    await this.save();
    return this.data;
  }

  /** Changes the options of a classic swarm, and writes the machine to disk. */
  async chooseSwarm(options: SwarmOptions): Promise<void> {
    this.#config = { ...this.#config, HostOptions: { ...this.#config.HostOptions, SwarmOptions: options } };
    await this.save();
  }

  /** Writes take turns; each one writes the latest data. */
  save(): Promise<void> {
    return this.#turns.take('save', async () => {
      const { store } = this.#session;
      const paths = store.machine(this.name);
      await store.save({ name: this.name, config: this.#config });
      await nameAsRsa(paths, textOf(this.data, 'SSHKeyPath') || paths.sshKey);
    });
  }
}

/**
 * Opens a machine of the store.
 * @throws TsmachineError MACHINE_NOT_FOUND, MACHINE_INCOMPLETE, CONFIG_UNREADABLE, CONFIG_FUTURE, DRIVER_UNKNOWN
 */
export async function openMachine(session: Session, name: string): Promise<Machine> {
  const { config } = await session.store.load(name);
  return attachDriver(session, config);
}

/** @throws TsmachineError DRIVER_UNKNOWN when there is no such driver; CONFIG_UNREADABLE for data that its driver refuses */
export async function attachDriver(session: Session, config: HostConfig): Promise<Machine> {
  const open = await session.drivers.open(config.DriverName).catch((error: unknown) => {
    throw notTyped(error);
  });
  checkData(session, config, open);
  return new Machine(session, config, open);
}

function checkData(session: Session, { Name: name, Driver: data }: HostConfig, { driver }: OpenDriver): void {
  try {
    driver.check(data, { machineDir: session.store.machine(name).dir });
  } catch (error) {
    const { code, text, hint } = TsmachineError.from(error, 'CONFIG_UNREADABLE');
    throw new TsmachineError(code, say`The configuration of "${name}" is refused: ${text}`, {
      cause: error,
      hint: hint ?? say`Correct config.json in its folder, or remove the machine: ${run('rm', '-f', name)}`,
    });
  }
}
