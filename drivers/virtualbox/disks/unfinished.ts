import { readdir, rm } from 'node:fs/promises';
import { join, sep } from 'node:path';

import { systemCode } from '../../../src/base/errors.js';
import type { DriverContext } from '../../../src/driver/contract.js';
import type { VBoxManage } from '../api.js';
import { blocks } from '../program/blocks.js';
import { globalData, setGlobalData } from '../network/ours.js';

/** A base that is being made; it gets its name without this once it is whole. */
export const unfinished = '.part.vdi';

/** The disk that is on VirtualBox's list only while a base is made of it. */
const key = 'tsmachine/medium-pending';

/** Paths of all disks that VirtualBox has on its list. */
async function listedDisks(vbox: VBoxManage): Promise<string[]> {
  return blocks(await vbox.run(['list', 'hdds'])).map((block) => block.get('Location') ?? '');
}

/**
 * Lets VirtualBox read a disk, which puts it on VirtualBox's list, and takes it off again; one that somebody put there before stays. The
 * caller holds the lock of the media.
 */
export async function whileListed(path: string, vbox: VBoxManage, use: () => Promise<void>): Promise<void> {
  if ((await listedDisks(vbox)).includes(path)) return use();
  await setGlobalData(key, path, vbox);
  await use();
  await forgetSource(vbox);
}

/**
 * Takes away what a conversion that was cut off left: half a base, and on VirtualBox's list the image that it was made from. The caller holds
 * the lock of the media, so that nobody is at work on one.
 */
export async function dropUnfinished(ctx: DriverContext, vbox: VBoxManage): Promise<void> {
  const bases = join(ctx.cacheDir, 'virtualbox');
  for (const path of await listedDisks(vbox)) {
    if (path.startsWith(join(bases, sep)) && path.endsWith(unfinished)) await vbox.attempt(['closemedium', 'disk', path]);
  }
  if ((await globalData(key, vbox)) !== undefined) await forgetSource(vbox);
  for (const name of await namesIn(bases)) if (name.endsWith(unfinished)) await rm(join(bases, name), { force: true });
}

async function forgetSource(vbox: VBoxManage): Promise<void> {
  const path = await globalData(key, vbox);
  if (path !== undefined && (await listedDisks(vbox)).includes(path)) await vbox.attempt(['closemedium', 'disk', path]);
  await setGlobalData(key, undefined, vbox);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}
