import { access, constants, copyFile, mkdir, readdir, rename, rm, stat, statfs, symlink } from 'node:fs/promises';
import { dirname } from 'node:path';

import { systemCode } from '../../base/errors.js';
import type { Files } from '../../base/guest.js';
import { readBytesIfExists, readIfExists, writeAtomic } from '../../system/files/atomic.js';

/** Windows and hypervisors hold a file for a moment after its last use. */
const patience = { maxRetries: 20, retryDelay: 250 };

/** This computer's files, for drivers. */
export const computerFiles: Files = {
  read: (path) => readIfExists(path),
  readBytes: (path) => readBytesIfExists(path),
  write: (path, content, mode) => writeAtomic(path, content, mode),
  exists: async (path) => (await optional(stat(path))) !== undefined,
  isReadable: (path) =>
    access(path, constants.R_OK).then(
      () => true,
      () => false,
    ),
  async facts(path) {
    const found = await optional(stat(path));
    return found && { size: found.size, isFolder: found.isDirectory(), modified: found.mtimeMs };
  },
  list: async (path) => (await optional(readdir(path))) ?? [],
  async makeDir(path, mode = 0o700) {
    await mkdir(path, { recursive: true, mode });
  },
  remove: (path) => rm(path, { recursive: true, force: true, ...patience }),
  rename: (from, to) => rename(from, to),
  copy: (from, to) => copyFile(from, to, constants.COPYFILE_FICLONE),
  async link(target, path) {
    await rm(path, { force: true });
    await symlink(target, path);
  },
  freeBytes,
};

async function freeBytes(path: string): Promise<number> {
  const disk = await optional(statfs(path));
  if (disk) return disk.bavail * disk.bsize;
  return dirname(path) === path ? 0 : freeBytes(dirname(path));
}

async function optional<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}
