import { TsmachineError } from '../../base/errors.js';
import { nearest } from '../../base/nearest.js';
import type { DriverDescription, DriverModule } from '../../driver/contract.js';
import type { DriverSearch, DriverSource } from '../../driver/source.js';

/** A driver with its description of itself. */
export interface DescribedDriver extends DriverModule, DriverDescription {}

/** Built-in drivers. The index modules are light; the code of a driver is loaded only when one of its machines is used. */
const modules: Readonly<Record<string, () => Promise<{ default: DriverModule }>>> = {
  amazonec2: () => import('../../../drivers/amazonec2/index.js'),
  azure: () => import('../../../drivers/azure/index.js'),
  generic: () => import('../../../drivers/generic/index.js'),
  google: () => import('../../../drivers/google/index.js'),
  hyperv: () => import('../../../drivers/hyperv/index.js'),
  none: () => import('../../../drivers/none/index.js'),
  nspawn: () => import('../../../drivers/nspawn/index.js'),
  virtualbox: () => import('../../../drivers/virtualbox/index.js'),
};

const builtIn: DriverSource = {
  kind: 'built in',
  names: () => Promise.resolve(driverNames()),
  find: async (name) => (Object.hasOwn(modules, name) ? (await modules[name]?.())?.default : undefined),
  where: (name) => Promise.resolve(Object.hasOwn(modules, name) ? ['tsmachine'] : []),
};

/** Every other source, the first wins: none of them may take a built-in driver's place. They are loaded when a name is not built in. */
const otherSources: readonly (() => Promise<DriverSource>)[] = [
  async () => (await import('../../plugins/npm/source.js')).driverPackages,
  async () => (await import('../../plugins/go/source.js')).goPlugins,
  async () => (await import('../../plugins/go/servers.js')).machineServers,
];

/** Docker Machine names our drivers so when its own have the same name: such machines are ours too. */
const servedPrefix = /^tsmachine-/;

/** Names of the built-in drivers, sorted. */
export function driverNames(): string[] {
  return Object.keys(modules).sort();
}

/** Names of all drivers that are found on this computer, sorted; none of them is run. */
export async function allDriverNames(search: Partial<DriverSearch> = {}): Promise<string[]> {
  const whole = completed(search);
  const found = await Promise.all((await driverSources()).map((source) => source.names(whole)));
  return [...new Set(found.flat())].sort();
}

/**
 * Loads the light part of a driver: name, flags, features. A plugin may be started for that, once.
 * @param search where it is looked for besides the built-in drivers, as a session says it; default: as the environment says
 * @throws TsmachineError DRIVER_UNKNOWN, suggesting the nearest name, or saying why the driver that there is cannot be used; DRIVER_PACKAGE
 *   for a package that cannot be used; what a plugin fails with
 */
export async function loadDriverModule(name: string, search: Partial<DriverSearch> = {}): Promise<DescribedDriver> {
  const own = name.replace(servedPrefix, '');
  const module = (await builtIn.find(own, completed(search))) ?? (await findElsewhere(own, completed(search)));
  if (!module) throw await unknown(name, completed(search));
  return { ...module, ...(await module.describe()) };
}

/**
 * A driver that can be served by Docker Machine's protocol: not one that speaks it itself, which would be asked for by us, and we by it,
 * without end.
 * @throws TsmachineError as `loadDriverModule`
 */
export async function loadServableDriver(name: string, search: Partial<DriverSearch>): Promise<DescribedDriver> {
  for (const source of await driverSources()) {
    const module = source.speaksRpc ? undefined : await source.find(name, completed(search));
    if (module) return { ...module, ...(await module.describe()) };
  }
  throw await unknown(name, completed(search));
}

/** The places of all drivers of a name; the first one is used. Runs none of them. */
export async function driverPlaces(name: string, search: Partial<DriverSearch>): Promise<readonly string[]> {
  const whole = completed(search);
  const places: string[] = [];
  for (const source of await driverSources()) places.push(...((await source.where?.(name, whole)) ?? []));
  return places;
}

/** All sources, the preferred ones first. */
export async function driverSources(): Promise<readonly DriverSource[]> {
  return [builtIn, ...(await Promise.all(otherSources.map((load) => load())))];
}

async function findElsewhere(name: string, search: DriverSearch): Promise<DriverModule | undefined> {
  for (const load of otherSources) {
    const module = await (await load()).find(name, search);
    if (module) return module;
  }
  return undefined;
}

async function unknown(name: string, search: DriverSearch): Promise<TsmachineError> {
  const all = await allDriverNames(search);
  const near = nearest(name, all);
  const plugins = all.filter((one) => !Object.hasOwn(modules, one));
  const found = plugins.length === 0 ? '' : `. Plugins: ${plugins.join(', ')}`;
  return new TsmachineError('DRIVER_UNKNOWN', `Driver "${name}" not found`, {
    hint: `${near === undefined ? '' : `Did you mean "${near}"? `}Built-in drivers: ${driverNames().join(', ')}${found}`,
  });
}

function completed({
  env = process.env,
  signal = new AbortController().signal,
  storePath,
  driverPath,
}: Partial<DriverSearch>): DriverSearch {
  return { env, signal, storePath, driverPath };
}

/** A driver without its code: name, one line about it, flags, and what its machines can do. */
export interface DriverInfo extends DriverDescription, Pick<DriverModule, 'name' | 'summary'> {}

/**
 * Describes a driver; `driverNames` lists the built-in ones, `allDriverNames` plugins too.
 * @throws TsmachineError DRIVER_UNKNOWN, suggesting the nearest name.
 */
export async function describeDriver(name: string, search: Partial<DriverSearch> = {}): Promise<DriverInfo> {
  const { summary, flags, features } = await loadDriverModule(name, search);
  return { name, summary, flags, features };
}
