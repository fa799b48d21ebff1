import { rmdir } from 'node:fs/promises';

import { systemCode } from '../../src/base/errors.js';

const kept = new Set(['ENOENT', 'ENOTEMPTY', 'EEXIST', 'EBUSY', 'EPERM']);

/** Removes a folder unless something is in it or on it; none there is fine. */
export async function removeIfEmpty(dir: string): Promise<void> {
  try {
    await rmdir(dir);
  } catch (error) {
    if (!kept.has(systemCode(error) ?? '')) throw error;
  }
}
