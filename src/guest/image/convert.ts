import { existsSync } from 'node:fs';
import { constants, copyFile, open, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { diskError } from '../../system/files/disk-error.js';
import { makePrivateDir } from '../../system/files/atomic.js';
import { unpackQcow2 } from '../disk/qcow2.js';
import { vhdFooter } from '../disk/vhd.js';
import { cacheName } from './cache-name.js';
import type { ImageContext, ImageFormat } from './types.js';

/** The formats that can be converted to `format` without another program, best first: a qcow2 is a tenth of the raw disk to download. */
export function sourcesOf(format: ImageFormat): readonly ImageFormat[] {
  switch (format) {
    case 'raw':
      return ['qcow2', 'raw'];
    case 'vhd':
      return ['vhd', 'qcow2', 'raw'];
    default:
      return [format];
  }
}

/** The same disk in another format, converted once and kept in the cache. */
export async function convertImage(path: string, from: ImageFormat, to: ImageFormat, ctx: ImageContext): Promise<string> {
  const dir = join(ctx.cacheDir, 'images');
  const target = join(dir, `${await cacheName(path, ctx.cacheDir)}.${to}`);
  if (existsSync(target)) return target;
  await makePrivateDir(dir);
  await ctx.lock(`image-${basename(target)}`, async () => {
    if (existsSync(target)) return;
    ctx.io.progress(`Unpacking ${basename(path)}`);
    const part = `${target}.part`;
    try {
      await rm(part, { force: true });
      if (from === 'qcow2') await unpackQcow2(path, part, ctx.signal);
      else await copyFile(path, part, constants.COPYFILE_FICLONE);
      if (to === 'vhd') await addFooter(part);
      await rename(part, target);
    } catch (error) {
      await rm(part, { force: true });
      ctx.signal.throwIfAborted();
      throw diskError(error, 'Cannot write', part);
    }
  });
  return target;
}

/** A fixed-size VHD is the raw disk with a footer (Virtual Hard Disk Image Format Specification). */
async function addFooter(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    const footer = vhdFooter(size);
    await file.write(footer.bytes, 0, footer.bytes.length, footer.diskSize);
    await file.sync();
  } finally {
    await file.close();
  }
}
