import { basename, dirname, join } from 'node:path';

import { TsmachineError } from '../../../src/base/errors.js';
import type { AccountContext, Leftover, RegisteredMachine } from '../../../src/driver/contract.js';
import type { VBoxManage } from '../api.js';
import { isMediumBelow, mediaLock, readMedia, type Medium } from '../disks/media.js';
import { parseVmList, readVmList } from '../vm/list.js';
import { inaccessible, isBelow } from '../vm/vm.js';

/** The disk that the disks of machines are based on, in the cache of their store. */
export const imageKind = 'VirtualBox image disk';

interface KnownMachine {
  readonly store: string;
  readonly path: string;
}

/**
 * The image disks on VirtualBox's list in the caches of stores that are known by their machines. One that somebody else's disk is based on
 * is none of ours.
 * @param vms those of ours
 */
export async function listImages(
  vms: readonly Leftover[],
  registered: readonly RegisteredMachine[],
  media: readonly Medium[],
  ctx: AccountContext,
): Promise<Leftover[]> {
  const machines = [...vms, ...registered].flatMap(({ owner, path }): KnownMachine[] =>
    owner?.store === undefined || path === undefined ? [] : [{ store: owner.store, path }],
  );
  const images: Leftover[] = [];
  for (const medium of media) {
    const near = machines.filter(({ path }) => isMediumBelow(imagesOf(rootOf(path)))(medium));
    const disks = media.filter(({ parent }) => parent === medium.id);
    const users = machines.filter(({ path }) => disks.some(isMediumBelow(path)));
    const isForeign = disks.some((disk) => !users.some(({ path }) => isMediumBelow(path)(disk)));
    if (medium.kind !== 'disk' || near.length === 0 || isForeign) continue;
    const { store } = await ownerAmong(users, near, ctx);
    images.push({ kind: imageKind, id: medium.id, name: basename(medium.location), owner: { store } });
  }
  return images;
}

/**
 * Where a store was deleted, another one may lie on its path: the image is that of a machine that is there and uses it; one that nothing
 * uses is that of the deleted store.
 */
async function ownerAmong(users: readonly KnownMachine[], near: readonly KnownMachine[], ctx: AccountContext): Promise<KnownMachine> {
  const all = users.length > 0 ? users : near;
  for (const machine of all) if ((await ctx.files.exists(machine.path)) === users.length > 0) return machine;
  return all[0] as KnownMachine;
}

/**
 * Takes an image disk that nothing uses from VirtualBox's list. Its file, if there is one, stays in the cache: a machine that is made of it
 * puts it on the list again.
 * @throws TsmachineError DRIVER_FAILED when it is in use
 */
export async function discardImage({ id }: Leftover, ctx: AccountContext, vbox: VBoxManage): Promise<void> {
  await ctx.lock(mediaLock, async () => {
    const media = await readMedia(vbox);
    const image = media.find((one) => one.id === id);
    if (!image) return;
    const { location } = image;
    const root = dirname(dirname(dirname(location)));
    if (dirname(location) !== imagesOf(root)) throw new TsmachineError('DRIVER_FAILED', `The disk ${location} is not tsmachine's`);
    const disk = media.find(({ parent }) => parent === id);
    if (disk) throw new TsmachineError('DRIVER_FAILED', `The disk ${disk.location} is based on ${location}`);
    // the disks of a VM that VirtualBox cannot open are not on its list
    const closed = parseVmList(await readVmList(vbox)).find((vm) => vm.state === inaccessible && isBelow(vm.settingsFile, root));
    if (closed) throw new TsmachineError('DRIVER_FAILED', `The VM ${closed.settingsFile} may be based on ${location}`);
    const { problem } = await vbox.attempt(['closemedium', 'disk', id]);
    if (problem === undefined || !(await readMedia(vbox)).some((one) => one.id === id)) return;
    throw new TsmachineError('DRIVER_FAILED', `VirtualBox keeps the disk ${location}: ${problem}`);
  });
}

/** Where a store has its image disks. */
function imagesOf(root: string): string {
  return join(root, 'cache', 'virtualbox');
}

/** The root of the store that a machine's folder is in. */
export function rootOf(machineDir: string): string {
  return dirname(dirname(machineDir));
}
