import { TsmachineError } from '../../base/errors.js';
import { nearest } from '../../base/nearest.js';
import type { DriverDescription, DriverEnv, DriverModule } from '../../driver/contract.js';
import type { DriverSource } from '../../driver/source.js';

/** A driver with its description of itself. */
export interface DescribedDriver extends DriverModule, DriverDescription {}

type Environment = DriverEnv['env'];

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
  kind: 'built-in drivers',
  names: () => Promise.resolve(driverNames()),
  find: async (name) => (Object.hasOwn(modules, name) ? (await modules[name]?.())?.default : undefined),
};

/** Every other source, the first wins: none of them may take a built-in driver's place. They are loaded when a name is not built in. */
const otherSources: readonly (() => Promise<DriverSource>)[] = [
  async () => (await import('../../plugins/go/source.js')).goPlugins,
  async () => (await import('../../plugins/go/servers.js')).machineServers,
];

/** Names of the built-in drivers, sorted. */
export function driverNames(): string[] {
  return Object.keys(modules).sort();
}

/** Names of all drivers that are found on this computer, sorted; none of them is run. */
export async function allDriverNames(env: Environment = process.env): Promise<string[]> {
  const found = await Promise.all((await sources()).map((source) => source.names(env)));
  return [...new Set(found.flat())].sort();
}

/**
 * Loads the light part of a driver: name, flags, features. A plugin may be started for that, once.
 * @throws TsmachineError DRIVER_UNKNOWN, suggesting the nearest name, or saying why the driver that there is cannot be used; what a plugin
 *   fails with
 */
export async function loadDriverModule(name: string, env: Partial<DriverEnv> = {}): Promise<DescribedDriver> {
  const opening = { env: env.env ?? process.env, signal: env.signal ?? new AbortController().signal };
  const module = (await builtIn.find(name, opening)) ?? (await findElsewhere(name, opening));
  if (!module) throw await unknown(name, opening.env);
  return { ...module, ...(await module.describe()) };
}

/** Where a plugin is that is not used because a built-in driver has its name; undefined when there is none. */
export async function shadowedPlugin(name: string, env: Environment): Promise<string | undefined> {
  if (!Object.hasOwn(modules, name)) return undefined;
  for (const load of otherSources) {
    const where = (await load()).where?.(name, env);
    if (where !== undefined) return where;
  }
  return undefined;
}

async function sources(): Promise<DriverSource[]> {
  return [builtIn, ...(await Promise.all(otherSources.map((load) => load())))];
}

async function findElsewhere(name: string, env: DriverEnv): Promise<DriverModule | undefined> {
  for (const load of otherSources) {
    const module = await (await load()).find(name, env);
    if (module) return module;
  }
  return undefined;
}

async function unknown(name: string, env: Environment): Promise<TsmachineError> {
  const all = await allDriverNames(env);
  const near = nearest(name, all);
  const plugins = all.filter((one) => !Object.hasOwn(modules, one));
  const found = plugins.length === 0 ? '' : `. Plugins: ${plugins.join(', ')}`;
  return new TsmachineError('DRIVER_UNKNOWN', `Driver "${name}" not found`, {
    hint: `${near === undefined ? '' : `Did you mean "${near}"? `}Built-in drivers: ${driverNames().join(', ')}${found}`,
  });
}

/** A driver without its code: name, one line about it, flags, and what its machines can do. */
export interface DriverInfo extends DriverDescription, Pick<DriverModule, 'name' | 'summary'> {}

/**
 * Describes a driver; `driverNames` lists the built-in ones, `allDriverNames` plugins too.
 * @throws TsmachineError DRIVER_UNKNOWN, suggesting the nearest name.
 */
export async function describeDriver(name: string): Promise<DriverInfo> {
  const { summary, flags, features } = await loadDriverModule(name);
  return { name, summary, flags, features };
}
