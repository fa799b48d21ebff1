import { lstat, mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

import { TsmachineError, systemCode } from '../../src/base/errors.js';

const kept = new Set(['ENOENT', 'ENOTEMPTY', 'EEXIST', 'EBUSY', 'EPERM']);

/** Removes a folder unless something is in it or on it; none there is fine. */
export async function removeIfEmpty(dir: string): Promise<void> {
  try {
    await rmdir(dir);
  } catch (error) {
    if (!kept.has(systemCode(error) ?? '')) throw error;
  }
}

/** Whether this is a folder and no link to one. */
export async function isRealFolder(path: string): Promise<boolean> {
  return (await kindOf(path)) === 'folder';
}

/**
 * Makes sure of the folders of a path below another, one by one. A link in the place of one could lead to anywhere on this computer.
 * @param mode of those that are missing
 * @returns the path of the last
 * @throws TsmachineError DRIVER_FAILED when one is a link or a file
 */
export async function realFolder(base: string, folders: readonly string[], mode = 0o755): Promise<string> {
  let dir = base;
  for (const folder of folders) {
    dir = join(dir, folder);
    const kind = await kindOf(dir);
    if (kind === 'other')
      throw new TsmachineError('DRIVER_FAILED', `${dir} is not a folder but a link or a file: no machine can run on it`);
    if (kind === 'none') await mkdir(dir, { mode });
  }
  return dir;
}

async function kindOf(path: string): Promise<'folder' | 'other' | 'none'> {
  try {
    return (await lstat(path)).isDirectory() ? 'folder' : 'other';
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return 'none';
    throw error;
  }
}
