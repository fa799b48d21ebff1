import type { Dirent, Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';

import { systemCode } from '../../base/errors.js';
import { unreadable } from './atomic.js';

/**
 * What is at a path, symbolic links followed, or undefined when nothing is there.
 * @throws TsmachineError CONFIG_UNREADABLE when it cannot be looked at
 */
export async function statIfExists(path: string): Promise<Stats | undefined> {
  return unlessMissing(path, () => stat(path));
}

/**
 * The entries of a folder, in no order; none when there is no such folder.
 * @throws TsmachineError CONFIG_UNREADABLE when it is there and cannot be read
 */
export async function entriesIfExists(folder: string): Promise<Dirent[]> {
  return (await unlessMissing(folder, () => readdir(folder, { withFileTypes: true }))) ?? [];
}

async function unlessMissing<T>(path: string, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw unreadable(error, path);
  }
}
