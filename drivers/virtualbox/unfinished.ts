import { readdir, rm } from 'node:fs/promises';
import { join, sep } from 'node:path';

import { parseImageChoice } from '../../src/cloudinit/image/choice.js';
import { systemCode } from '../../src/core/errors.js';
import type { DriverContext } from '../../src/driver/contract.js';
import type { VBoxManage } from './api.js';
import { blocks } from './blocks.js';
import type { VirtualboxConfig } from './config.js';

/** A base that is being made; it gets its name without this once it is whole. */
export const unfinished = '.part.vdi';

/**
 * Takes away what a conversion that was cut off left: half a base, and on VirtualBox's list the image that it was made from. VirtualBox
 * refuses to close what a VM or another disk needs. The caller holds the lock of the media, so that nobody is at work on one.
 */
export async function dropUnfinished(config: VirtualboxConfig, ctx: DriverContext, vbox: VBoxManage): Promise<void> {
  const bases = join(ctx.cacheDir, 'virtualbox');
  const listed = blocks(await vbox.run(['list', 'hdds'])).map((block) => block.get('Location') ?? '');
  const own = config.baseDisk === '' && config.image !== '' ? parseImageChoice(config.image, 'virtualbox-image') : undefined;
  for (const path of listed) {
    const isSource = path.startsWith(join(ctx.cacheDir, sep)) && !path.startsWith(join(bases, sep));
    const isPart = path.startsWith(join(bases, sep)) && path.endsWith(unfinished);
    if (isSource || isPart || (own?.kind === 'file' && own.path === path)) await vbox.attempt(['closemedium', 'disk', path]);
  }
  for (const name of await namesIn(bases)) if (name.endsWith(unfinished)) await rm(join(bases, name), { force: true });
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}
