import { TsmachineError } from '../core/errors.js';
import type { DriverModule } from '../driver/contract.js';
import { driverNames, loadDriverModule } from '../driver/registry.js';
import { defaultDriver, driverNameOf } from './create-flags.js';
import { programName } from './program.js';

/**
 * The driver that the words of `create` or the environment choose.
 * @throws TsmachineError DRIVER_UNKNOWN
 */
export async function chosenDriver(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<DriverModule> {
  const name = driverNameOf(argv, env);
  if (name !== undefined || driverNames().includes(defaultDriver)) return loadDriverModule(name ?? defaultDriver);
  throw new TsmachineError('DRIVER_UNKNOWN', `No driver was chosen, and the default one, "${defaultDriver}", is not built in`, {
    hint: `Choose one: ${driverNames().map((choice) => `${programName()} create -d ${choice}`).join(', ')}`,
  });
}

/** The same for `create --help`, which also helps where no driver is chosen. */
export async function driverToExplain(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<DriverModule | undefined> {
  const chosen = driverNameOf(argv, env) !== undefined || driverNames().includes(defaultDriver);
  return chosen ? chosenDriver(argv, env) : undefined;
}
