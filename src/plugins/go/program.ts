import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { TsmachineError } from '../../base/errors.js';

/** How programs begin that are drivers of Docker Machine. */
const prefix = 'docker-machine-driver-';

/**
 * Where the driver's program is on the PATH.
 * @throws TsmachineError DRIVER_UNKNOWN when there is none, and when the only one is a folder or not executable
 */
export function findGoPlugin(driver: string, path = process.env['PATH'] ?? ''): string {
  const name = `${prefix}${driver}`;
  if (!/^[\w.-]+$/.test(driver)) throw new TsmachineError('DRIVER_UNKNOWN', `"${driver}" is no name of a driver`);
  const endings = process.platform === 'win32' ? ['.exe', ''] : [''];
  const places = path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => endings.map((ending) => join(folder, name + ending)));
  const there = places.map((place) => ({ place, why: whyNot(place) })).filter(({ why }) => why !== 'missing');
  const good = there.find(({ why }) => why === undefined);
  if (good) return good.place;
  const [bad] = there;
  if (!bad) throw new TsmachineError('DRIVER_UNKNOWN', `There is no driver "${driver}", and no program ${name} on the PATH`);
  throw new TsmachineError('DRIVER_UNKNOWN', `The driver "${driver}" cannot be used: ${bad.place} is ${bad.why ?? ''}`, {
    hint: bad.why === 'not executable' ? `If it is the right program: chmod +x ${bad.place}` : undefined,
  });
}

function whyNot(place: string): 'missing' | 'a folder' | 'not executable' | undefined {
  const found = statSync(place, { throwIfNoEntry: false });
  if (!found) return 'missing';
  if (found.isDirectory()) return 'a folder';
  try {
    accessSync(place, constants.X_OK);
    return undefined;
  } catch {
    return 'not executable'; // whatever the reason, it cannot be started
  }
}
