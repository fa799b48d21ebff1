/** Where drivers come from. Types only. */
import type { DriverEnv, DriverModule } from './contract.js';

/** Where drivers are looked for. */
export interface DriverSearch extends DriverEnv {
  /** The store's root; without it the one that the environment names. */
  readonly storePath?: string | undefined;
  /** Folders of driver packages, separated as in PATH; without it TSMACHINE_DRIVER_PATH. */
  readonly driverPath?: string | undefined;
}

/** One kind of place where drivers are found: built in, or plugins of some sort. */
export interface DriverSource {
  /** For people, of one of its drivers: `npm package`. */
  readonly kind: string;
  /** Its drivers speak Docker Machine's own protocol: whoever asks us for a driver in it can ask them without us. */
  readonly speaksRpc?: true;
  /** The names of the drivers that are there, in any order. Runs none of them. */
  names(search: DriverSearch): Promise<readonly string[]>;
  /**
   * The light part of a driver.
   * @returns undefined when this source has none of that name
   * @throws TsmachineError DRIVER_UNKNOWN or DRIVER_PACKAGE when there is one that cannot be used, saying why
   */
  find(name: string, search: DriverSearch): Promise<DriverModule | undefined>;
  /**
   * Where drivers of that name are, the first of them used unless another source comes first; for messages that others are not used. Runs
   * none of them. Without it nobody put them there to be used before others.
   */
  where?(name: string, search: DriverSearch): Promise<readonly string[]>;
}
