import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { unreadable } from '../../system/files/atomic.js';

/**
 * What a disk that is made of an image is called in the cache: a file of the cache has its digest in its name, another one is known by its
 * path, size and time.
 * @throws TsmachineError CONFIG_UNREADABLE
 */
export async function cacheName(path: string, cacheDir: string): Promise<string> {
  if (path.startsWith(join(cacheDir, '/'))) return basename(path);
  try {
    const { size, mtimeMs } = await stat(path);
    return `${createHash('sha256')
      .update(JSON.stringify([path, size, mtimeMs]))
      .digest('hex')
      .slice(0, 16)}-${basename(path)}`;
  } catch (error) {
    throw unreadable(error, path);
  }
}
