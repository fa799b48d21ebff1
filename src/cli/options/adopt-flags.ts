import type { FlagSpec } from '../../base/flags.js';
import type { DescribedDriver } from '../../machine/access/driver-registry.js';
import { loadDriverModule } from '../../machine/access/driver-registry.js';
import { defaultAdoptDriver, hostFlags } from '../../transfer/adopt-request.js';
import { driverNameOf } from './create-flags.js';
import { driverSearch } from './driver-search.js';

/** The flags of `adopt` that do not depend on the driver. */
export const adoptFlags: readonly FlagSpec[] = [
  { name: 'driver', type: 'string', default: defaultAdoptDriver, usage: 'Driver that reaches the host' },
  ...hostFlags,
];

/** The driver for `adopt`. It ignores MACHINE_DRIVER, which is meant for `create`. @throws TsmachineError DRIVER_UNKNOWN */
export function adoptingDriver(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<DescribedDriver> {
  return loadDriverModule(driverNameOf(argv, {}) ?? defaultAdoptDriver, driverSearch(argv, env));
}
