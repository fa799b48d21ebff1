import { accessSync, constants, readFileSync, realpathSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';

import { TsmachineError } from '../../base/errors.js';
import { jsonOrNothing } from '../../base/json.js';

/** A program that serves a driver. */
export interface GoProgram {
  /** The name of the driver, as in `create -d NAME`. */
  readonly driver: string;
  readonly path: string;
  readonly args: readonly string[];
}

/** How programs begin that are drivers of Docker Machine. */
const prefix = 'docker-machine-driver-';
const isName = /^[A-Za-z0-9][\w.-]*$/;
const endings = process.platform === 'win32' ? ['.exe', ''] : [''];

/**
 * Where the driver's program is on the PATH.
 * @returns undefined when there is none; one that is tsmachine itself, which serves drivers to Docker Machine, does not count
 * @throws TsmachineError DRIVER_UNKNOWN when the only one is a folder or not executable
 */
export function findGoPlugin(driver: string, path: string): string | undefined {
  if (!isName.test(driver)) return undefined;
  const { good, bad } = onPath(`${prefix}${driver}`, path);
  if (good !== undefined || bad === undefined) return good;
  throw new TsmachineError('DRIVER_UNKNOWN', `The driver "${driver}" cannot be used: ${bad.place} is ${bad.why}`, {
    hint: bad.why === 'not executable' ? `If it is the right program: chmod +x ${bad.place}` : undefined,
  });
}

/** The names of all drivers whose programs are on the PATH. */
export async function goPluginNames(path: string): Promise<string[]> {
  // a PATH names folders that do not exist
  const found = await Promise.all(foldersOf(path).map((folder) => readdir(folder).catch(() => [])));
  const names = found.flat().flatMap((file) => {
    const bare = process.platform === 'win32' ? file.replace(/\.exe$/i, '') : file;
    return bare.startsWith(prefix) ? [bare.slice(prefix.length)] : [];
  });
  return [...new Set(names)].filter((name) => isName.test(name) && onPath(`${prefix}${name}`, path).good !== undefined);
}

interface Found {
  readonly good?: string;
  readonly bad?: { readonly place: string; readonly why: string };
}

/** The first program of that name that can be started. */
export function onPath(name: string, path: string): Found {
  const places = foldersOf(path).flatMap((folder) => endings.map((ending) => join(folder, name + ending)));
  let bad: Found['bad'];
  for (const place of places) {
    const why = whyNot(place);
    if (why === undefined) return { good: place };
    if (why !== 'missing' && why !== 'tsmachine itself') bad ??= { place, why };
  }
  return bad ? { bad } : {};
}

/** On Windows the name of the variable has any case, and an environment that was copied knows but one. */
export function pathOf(env: Readonly<Record<string, string | undefined>>): string {
  return env['PATH'] ?? env['Path'] ?? '';
}

function foldersOf(path: string): string[] {
  return path.split(delimiter).filter((folder) => folder !== '');
}

function whyNot(place: string): 'missing' | 'a folder' | 'not executable' | 'tsmachine itself' | undefined {
  const found = statSync(place, { throwIfNoEntry: false });
  if (!found) return 'missing';
  if (found.isDirectory()) return 'a folder';
  try {
    accessSync(place, constants.X_OK);
  } catch {
    return 'not executable'; // whatever the reason, it cannot be started
  }
  return isThisProgram(place) ? 'tsmachine itself' : undefined;
}

/** A link to this very program would ask us for the driver again, without end; so would another installation of it. */
function isThisProgram(place: string): boolean {
  const real = realpathSync(place);
  if (isInstallation(real)) return true;
  return [process.argv[1], process.execPath].some((own) => {
    try {
      return own !== undefined && realpathSync(own) === real;
    } catch {
      return false; // it was replaced while it runs
    }
  });
}

/** Whether it is the `bin` of an npm package of our name. */
function isInstallation(file: string): boolean {
  const found = jsonOrNothing(readIfAny(join(dirname(dirname(file)), 'package.json')));
  return basename(dirname(file)) === 'bin' && typeof found === 'object' && found !== null && 'name' in found && found.name === 'tsmachine';
}

function readIfAny(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // most programs are in no package
  }
}
