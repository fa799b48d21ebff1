import { join, sep } from 'node:path';

import type { DriverContext } from '../../../src/driver/contract.js';
import type { VBoxManage } from '../api.js';
import { blocks } from '../program/blocks.js';
import { globalData, setGlobalData } from '../network/ours.js';

/** The end of the name of a base that is being made. */
export const unfinished = '.part.vdi';

/** The disk that is on VirtualBox's list only while a base is made of it. */
export const pendingMediumKey = 'tsmachine/medium-pending';

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
  await setGlobalData(pendingMediumKey, path, vbox);
  await use();
  await forgetSource(vbox);
}

/**
 * Removes what an interrupted conversion left: half a base, and on VirtualBox's list the image that it was made from. The caller holds the
 * lock of the media, so no conversion is under way.
 */
export async function dropUnfinished(ctx: Pick<DriverContext, 'cacheDir' | 'files'>, vbox: VBoxManage): Promise<void> {
  const bases = join(ctx.cacheDir, 'virtualbox');
  for (const path of await listedDisks(vbox)) {
    if (path.startsWith(join(bases, sep)) && path.endsWith(unfinished)) await vbox.attempt(['closemedium', 'disk', path]);
  }
  if ((await globalData(pendingMediumKey, vbox)) !== undefined) await forgetSource(vbox);
  for (const name of await ctx.files.list(bases)) if (name.endsWith(unfinished)) await ctx.files.remove(join(bases, name));
}

export async function forgetSource(vbox: VBoxManage): Promise<void> {
  const path = await globalData(pendingMediumKey, vbox);
  if (path !== undefined && (await listedDisks(vbox)).includes(path)) await vbox.attempt(['closemedium', 'disk', path]);
  await setGlobalData(pendingMediumKey, undefined, vbox);
}
