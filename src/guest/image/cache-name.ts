import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { unreadable } from '../../system/files/atomic.js';

/**
 * The name in the cache for a disk that is made from an image. A file of the cache has its digest in its name already; any other is
 * identified by its path, size and modification time.
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
