import { TsmachineError } from '../../base/errors.js';
import { nearest } from '../../base/nearest.js';
import type { DriverDescription, DriverModule } from '../../driver/contract.js';

/** A driver with its description of itself. */
export interface DescribedDriver extends DriverModule, DriverDescription {}

/** Built-in drivers. The index modules are light; the code of a driver is loaded only when one of its machines is used. */
const modules: Readonly<Record<string, () => Promise<{ default: DriverModule }>>> = {
  amazonec2: () => import('../../../drivers/amazonec2/index.js'),
  generic: () => import('../../../drivers/generic/index.js'),
  hyperv: () => import('../../../drivers/hyperv/index.js'),
  none: () => import('../../../drivers/none/index.js'),
  nspawn: () => import('../../../drivers/nspawn/index.js'),
  virtualbox: () => import('../../../drivers/virtualbox/index.js'),
};

/** Names of the built-in drivers, sorted. */
export function driverNames(): string[] {
  return Object.keys(modules).sort();
}

/**
 * Loads the light part of a driver: name, flags, features.
 * @throws TsmachineError DRIVER_UNKNOWN, suggesting the nearest name.
 */
export async function loadDriverModule(name: string): Promise<DescribedDriver> {
  const load = Object.hasOwn(modules, name) ? modules[name] : undefined;
  if (!load) {
    const near = nearest(name, driverNames());
    throw new TsmachineError('DRIVER_UNKNOWN', `Driver "${name}" not found`, {
      hint: `${near === undefined ? '' : `Did you mean "${near}"? `}Built-in drivers: ${driverNames().join(', ')}`,
    });
  }
  const { default: module } = await load();
  return { ...module, ...(await module.describe()) };
}

/** A driver without its code: name, one line about it, flags, and what its machines can do. */
export interface DriverInfo extends DriverDescription, Pick<DriverModule, 'name' | 'summary'> {}

/** Describes a built-in driver; `driverNames` lists them. @throws TsmachineError DRIVER_UNKNOWN, suggesting the nearest name. */
export async function describeDriver(name: string): Promise<DriverInfo> {
  const { summary, flags, features } = await loadDriverModule(name);
  return { name, summary, flags, features };
}
