import { basename, delimiter, dirname, join, resolve } from 'node:path';

import { TsmachineError } from '../../base/errors.js';
import type { DriverSearch } from '../../driver/source.js';
import { run, say } from '../../base/text.js';
import { storePaths } from '../../store/paths.js';
import { entriesIfExists } from '../../system/files/if-exists.js';
import { defaultStorePath, homeDirIfAny } from '../../system/home.js';
import { packageRoot } from '../../system/package.js';
import { describePackage, driverOf, nameByFolder, readPackageJson, type DriverPackage, type Place } from './package.js';
import { readPins } from './pins.js';

/** A folder that is a driver package by its name. Its package.json was not read. */
export interface FoundFolder {
  /** The package's name as its folder tells it. */
  readonly name: string;
  readonly driver: string;
  readonly dir: string;
  readonly place: Place;
}

/** The store's folder for driver packages; undefined where nothing says where the store is. */
export function pluginsFolder({ env, storePath }: DriverSearch): string | undefined {
  if (storePath !== undefined) return storePaths(resolve(storePath)).pluginsDir;
  if (!env['MACHINE_STORAGE_PATH'] && homeDirIfAny(env) === '') return undefined;
  return storePaths(defaultStorePath(env)).pluginsDir;
}

/** Every folder that is a driver package by its name, the preferred ones first. */
export async function findFolders(search: DriverSearch): Promise<FoundFolder[]> {
  const plugins = pluginsFolder(search);
  const beside = dirname(packageRoot());
  const given = (search.driverPath ?? search.env['TSMACHINE_DRIVER_PATH'] ?? '').split(delimiter).filter((one) => one !== '');
  const found = await Promise.all([
    ...given.map((folder) => onPath(resolve(folder))),
    ...(plugins === undefined ? [] : [inFolder(plugins, 'store')]),
    ...(basename(beside) === 'node_modules' ? [inFolder(beside, 'beside tsmachine')] : []),
  ]);
  const seen = new Set<string>();
  return found.flat().filter(({ dir }) => !seen.has(dir) && seen.add(dir));
}

/**
 * The package of a folder.
 * @throws TsmachineError DRIVER_PACKAGE when it cannot be used: also one in the store that nobody agreed to
 */
export async function readFolder({ name, dir, place }: FoundFolder): Promise<DriverPackage> {
  const json = await readPackageJson(dir);
  const pack = describePackage(json ?? {}, dir);
  if (place !== 'store') return pack;
  const pin = (await readPins(pluginsOf(dir, name)))[name];
  if (pin?.version === pack.version && pack.name === name) return pack;
  const what = pin ? `version ${pin.version} was added, but ${pack.version} lies in ${dir}` : `nobody added it, but it lies in ${dir}`;
  throw new TsmachineError('DRIVER_PACKAGE', `Driver package ${name} cannot be used: ${what}`, {
    hint: say`Add it again: ${run('driver', 'add', `${name}@${pack.version}`)}`,
  });
}

/** The folder that a package of this name lies in, perhaps with a folder for its scope between. */
function pluginsOf(dir: string, name: string): string {
  return name.includes('/') ? dirname(dirname(dir)) : dirname(dir);
}

/** A folder of the path is a package itself, or holds packages as node_modules does. */
async function onPath(folder: string): Promise<FoundFolder[]> {
  const name = (await readPackageJson(folder).catch(() => undefined))?.['name']; // what is wrong with it is told when it is used
  const driver = typeof name === 'string' ? driverOf(name) : undefined;
  if (typeof name === 'string' && driver !== undefined) return [{ name, driver, dir: folder, place: 'driver path' }];
  return inFolder(folder, 'driver path');
}

async function inFolder(folder: string, place: Place): Promise<FoundFolder[]> {
  const entries = (await entriesIfExists(folder)).filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
  const names = entries.map(({ name }) => name).sort();
  const scopes = await Promise.all(
    names
      .filter((name) => name.startsWith('@'))
      .map(async (scope) => (await entriesIfExists(join(folder, scope))).map(({ name }) => join(scope, name)).sort()),
  );
  return [...names, ...scopes.flat()].flatMap((path) => {
    const dir = join(folder, path);
    const driver = driverOf(nameByFolder(dir));
    return driver === undefined ? [] : [{ name: nameByFolder(dir), driver, dir, place }];
  });
}
