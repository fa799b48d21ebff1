import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';

import { systemCode } from '../../base/errors.js';

/**
 * Makes a private folder whose name says which process of which computer made it, so that what a killed process left behind can be told
 * from what a living one uses.
 * @param start the beginning of its path: `/tmp/tsm-`
 */
export function makeProcessFolder(start: string): Promise<string> {
  return mkdtemp(`${start}${computer()}-${process.pid}-`);
}

/**
 * Removes the folders that `makeProcessFolder` made with this `start`, and whose process on this computer has ended. It is for the next
 * command to call; what cannot be removed stays, which the command has nothing to do with.
 * @param end ends what may still use such a folder
 */
export async function removeAbandoned(start: string, end: (folder: string) => Promise<void> = () => Promise.resolve()): Promise<void> {
  const entries = await readdir(dirname(start)).catch((): string[] => []);
  for (const entry of entries.filter((name) => isAbandoned(basename(start), name))) {
    const folder = join(dirname(start), entry);
    if (!(await isOurs(folder))) continue;
    await end(folder);
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** In a folder that users share, another one can give any name to what it makes, or to a link. */
async function isOurs(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined);
  return found?.isDirectory() === true && (process.getuid === undefined || found.uid === process.getuid());
}

/** Whether an entry of a folder was made for a process of this computer that has ended. */
export function isAbandoned(start: string, entry: string): boolean {
  const own = `${start}${computer()}-`;
  const pid = entry.startsWith(own) ? /^(?<pid>\d+)-\w{6}$/.exec(entry.slice(own.length))?.groups?.['pid'] : undefined;
  return pid !== undefined && hasEnded(Number(pid));
}

function hasEnded(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return systemCode(error) === 'ESRCH';
  }
}

/** Short, because the path of a socket has to stay so. */
function computer(): string {
  return hostname().slice(0, 12).replaceAll(/\W/g, '_');
}
