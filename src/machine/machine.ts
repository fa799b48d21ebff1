import type { Driver, DriverContext, DriverModule } from '../driver/contract.js';
import type { DriverData } from '../base/machine.js';
import { loadDriverModule } from '../driver/registry.js';
import type { HostConfig } from '../store/config/schema.js';
import { TsmachineError } from '../base/errors.js';
import { driverContext } from './access/driver-context.js';
import type { Session } from './session.js';

/** A machine of the store together with its driver. */
export class Machine {
  readonly name: string;
  readonly module: DriverModule;
  readonly driver: Driver;
  readonly ctx: DriverContext;
  readonly #session: Session;
  #config: HostConfig;

  constructor(session: Session, config: HostConfig, module: DriverModule, driver: Driver) {
    this.name = config.Name;
    this.module = module;
    this.driver = driver;
    this.#session = session;
    this.#config = config;
    this.ctx = driverContext(session, this, (data) => this.keep(data));
  }

  get config(): HostConfig {
    return this.#config;
  }

  get data(): DriverData {
    return this.#config.Driver;
  }

  /** Replaces the driver's data and writes the machine to disk. */
  async keep(data: DriverData): Promise<void> {
    this.#config = { ...this.#config, Driver: data };
    await this.save();
  }

  async save(): Promise<void> {
    await this.#session.store.save({ name: this.name, config: this.#config });
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

/** @throws TsmachineError DRIVER_UNKNOWN when the driver of this configuration is not built in. */
export async function attachDriver(session: Session, config: HostConfig): Promise<Machine> {
  const module = await loadDriverModule(config.DriverName).catch((error: unknown) => {
    throw asFailure(error);
  });
  return new Machine(session, config, module, await module.load());
}

/** The driver's name comes from config.json, not from the command line: exit status 1 (failure), not 2 (usage). */
function asFailure(error: unknown): TsmachineError {
  const { code, text, hint } = TsmachineError.from(error);
  return new TsmachineError(code, text, { cause: error, hint, exit: 1 });
}
