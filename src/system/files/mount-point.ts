import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, sep } from 'node:path';

import { systemCode } from '../../base/errors.js';
import { unreadable } from './atomic.js';

/**
 * The folder at which the disk is mounted that a path lies on, or would lie on; symbolic links are followed. Empty when nothing of the
 * path exists, such as a drive that is not plugged in.
 */
export async function mountPointOf(path: string): Promise<string> {
  const here = await nearestExisting(path);
  if (here === undefined) return '';
  const known = await mountedFolders();
  return known.length > 0 ? longestAbove(here, known) : topOfDevice(here);
}

async function nearestExisting(path: string): Promise<string | undefined> {
  for (let here = path; ; here = dirname(here)) {
    try {
      return await realpath(here);
    } catch (error) {
      const code = systemCode(error);
      if (code !== 'ENOENT' && code !== 'ENOTDIR') throw unreadable(error, here);
    }
    if (dirname(here) === here) return undefined;
  }
}

/** Linux lists them, also a folder of the same disk that is mounted a second time; elsewhere there is no such list. */
async function mountedFolders(): Promise<string[]> {
  try {
    const text = await readFile('/proc/self/mountinfo', 'utf8');
    // proc(5): the fifth field, in which blanks are written as \040
    return text.split('\n').flatMap((line) => line.split(' ')[4]?.replace(/\\([0-7]{3})/g, octal) ?? []);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw unreadable(error, '/proc/self/mountinfo');
  }
}

const octal = (_all: string, digits: string) => String.fromCharCode(parseInt(digits, 8));

function longestAbove(path: string, folders: readonly string[]): string {
  const above = folders.filter((folder) => folder === path || path.startsWith(folder.endsWith(sep) ? folder : folder + sep));
  return above.reduce((longest, folder) => (folder.length > longest.length ? folder : longest), '');
}

/** The last folder, on the way up, of the same device. */
async function topOfDevice(path: string): Promise<string> {
  let here = path;
  const { dev } = await stat(here);
  while (dirname(here) !== here && (await stat(dirname(here))).dev === dev) here = dirname(here);
  return here;
}
