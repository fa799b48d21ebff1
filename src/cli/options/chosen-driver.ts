import type { DriverModule } from '../../driver/contract.js';
import { loadDriverModule } from '../../driver/registry.js';
import { defaultDriver } from '../../machine/request/machine-flags.js';
import { driverNameOf } from './create-flags.js';

/**
 * The driver that the words of `create` or the environment choose, else the default one.
 * @throws TsmachineError DRIVER_UNKNOWN
 */
export async function chosenDriver(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<DriverModule> {
  return loadDriverModule(driverNameOf(argv, env) ?? defaultDriver);
}
