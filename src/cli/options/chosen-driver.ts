import type { DescribedDriver } from '../../machine/access/driver-registry.js';
import { loadDriverModule } from '../../machine/access/driver-registry.js';
import { defaultDriver } from '../../machine/request/machine-flags.js';
import { driverNameOf } from './create-flags.js';
import { driverSearch } from './driver-search.js';

/**
 * The driver chosen by the command line of `create` or by the environment, else the default driver.
 * @throws TsmachineError DRIVER_UNKNOWN
 */
export async function chosenDriver(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<DescribedDriver> {
  return loadDriverModule(driverNameOf(argv, env) ?? defaultDriver, driverSearch(argv, env));
}
