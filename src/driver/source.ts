/** Where drivers come from. Types only. */
import type { DriverEnv, DriverModule } from './contract.js';

/** One kind of place where drivers are found: built in, or plugins of some sort. */
export interface DriverSource {
  /** For people, in the plural: `built-in drivers`. */
  readonly kind: string;
  /** The names of the drivers that are there, in any order. Runs none of them. */
  names(env: DriverEnv['env']): Promise<readonly string[]>;
  /**
   * The light part of a driver.
   * @returns undefined when this source has none of that name
   * @throws TsmachineError DRIVER_UNKNOWN when there is one that cannot be used, saying why
   */
  find(name: string, env: DriverEnv): Promise<DriverModule | undefined>;
  /** Where a driver of that name is, for a message that it is not used; undefined when there is none. */
  where?(name: string, env: DriverEnv['env']): string | undefined;
}
