import { basename, dirname, join } from 'node:path';

import { TsmachineError } from '../../../src/base/errors.js';
import type { AccountContext, Leftover, RegisteredMachine } from '../../../src/driver/contract.js';
import type { Computer, VBoxManage } from '../api.js';
import { diskKind, isMediumBelow, readMedia, type Medium } from '../disks/media.js';
import { pendingMediumKey } from '../disks/unfinished.js';
import { usesInterface } from '../network/hostonly.js';
import { hasNetworks, ourNetworks, usesNetwork } from '../network/hostonlynet.js';
import { markedIn } from '../network/ours.js';
import { parseAnnouncement, pendingKey } from '../network/pending.js';
import { extraData } from '../program/extra-data.js';
import { readLabels, vmKind } from '../vm/identity.js';
import { parseVmList, readVmList, type ListedVm } from '../vm/list.js';
import { inaccessible, isBelow } from '../vm/vm.js';
import { listImages, rootOf } from './images.js';

export const interfaceKind = 'VirtualBox host-only interface';
export const networkKind = 'VirtualBox host-only network';
/** A note in VirtualBox's settings about what a run was making that was interrupted. */
export const noteKind = 'VirtualBox note of an interrupted create';

/** The calls of one account under way at once are bounded. */
const account = 'virtualbox';

/**
 * Everything of tsmachine's in VirtualBox: VMs, with what belongs to them; disks without a VM below a machine's folder that is gone; after
 * them the image disks that they are based on; networks and notes that no VM needs. Without VirtualBox there is nothing.
 */
export async function listLeftovers(ctx: AccountContext, vbox: VBoxManage, computer: Computer): Promise<Leftover[]> {
  try {
    const text = await readVmList(vbox);
    const registered = await ctx.registered();
    const vms = await Promise.all(parseVmList(text).map((vm) => ctx.limit(account, () => describeVm(vm, registered, vbox))));
    const ours = vms.flatMap((vm) => vm ?? []);
    const media = ours.length + registered.length > 0 ? await readMedia(vbox) : [];
    return [
      ...ours,
      ...(await lostDisks(ours, registered, media, ctx)),
      ...(await listImages(ours, registered, media, ctx)),
      ...(await unusedNetworks(text, registered, vbox, computer)),
    ];
  } catch (error) {
    if (TsmachineError.is(error) && error.code === 'COMMAND_MISSING') return [];
    throw error;
  }
}

/** A VM of ours: by its labels, or, when VirtualBox cannot read those, by what this computer's registry remembers. */
export async function describeVm(vm: ListedVm, registered: readonly RegisteredMachine[], vbox: VBoxManage): Promise<Leftover | undefined> {
  const known = registered.find(
    ({ path, resources }) => resources.some(({ kind, id }) => kind === vmKind && id === vm.id) || isBelow(vm.settingsFile, path),
  );
  const labels = vm.state === inaccessible ? undefined : await readLabels(vm.id, vbox);
  if (!labels && !known) return undefined;
  const owner = { ...known?.owner, ...labels };
  const name = vm.name || known?.name;
  return {
    kind: vmKind,
    id: vm.id,
    ...(name === undefined ? {} : { name }),
    ...(Object.keys(owner).length === 0 ? {} : { owner }),
    path: known && isBelow(vm.settingsFile, known.path) ? known.path : machineDirOf(vm.settingsFile),
  };
}

/** The VM of machine M lies in `M's folder/M/M.vbox`. */
function machineDirOf(settingsFile: string): string {
  return dirname(dirname(settingsFile));
}

/** @param vms those of ours, whose disks go with them */
async function lostDisks(
  vms: readonly Leftover[],
  registered: readonly RegisteredMachine[],
  media: readonly Medium[],
  ctx: AccountContext,
): Promise<Leftover[]> {
  const candidates = registered.filter(({ path }) => !vms.some((vm) => vm.path === path));
  const gone: RegisteredMachine[] = [];
  for (const machine of candidates) if (!(await ctx.files.exists(machine.path))) gone.push(machine);
  return gone.flatMap(({ name, owner, path }) =>
    media
      .filter(isMediumBelow(path))
      .map(({ id, location }) => ({ kind: diskKind, id, name: `${basename(location)} of ${name}`, owner, path })),
  );
}

/**
 * A VM that VirtualBox cannot open does not say which network it is in. As long as there is one of ours, no network counts as unused; it
 * is removed with the last VM.
 */
async function unusedNetworks(
  text: string,
  registered: readonly RegisteredMachine[],
  vbox: VBoxManage,
  computer: Computer,
): Promise<Leftover[]> {
  const global = extraData(await vbox.run(['getextradata', 'global', 'enumerate']));
  const notes = notesIn(global, registered);
  if (hasClosedVm(text, registered)) return notes;
  const networks = hasNetworks(await vbox.version(), computer.platform) ? await ourNetworks(vbox) : [];
  const interfaces = computer.platform === 'win32' ? [] : markedIn(global); // Windows asks the user at each removal
  return [
    ...interfaces
      .filter(({ name }) => !usesInterface(text, name))
      .map(({ name, store }): Leftover => ({ kind: interfaceKind, id: name, name, ...ofStore(store) })),
    ...networks.filter((name) => !usesNetwork(text, name)).map((id): Leftover => ({ kind: networkKind, id, name: id })),
    ...notes,
  ];
}

/** @param global VirtualBox's own settings */
function notesIn(global: ReadonlyMap<string, string>, registered: readonly RegisteredMachine[]): Leftover[] {
  const image = global.get(pendingMediumKey);
  const owner = registered.find(({ path }) => image !== undefined && isBelow(image, rootOf(path)))?.owner;
  return [
    ...(global.has(pendingKey) ? [{ kind: noteKind, id: pendingKey, ...ofStore(parseAnnouncement(global.get(pendingKey))?.store) }] : []),
    ...(image === undefined ? [] : [{ kind: noteKind, id: pendingMediumKey, name: image, ...ofStore(owner?.store) }]),
  ];
}

function ofStore(store: string | undefined): Pick<Leftover, 'owner'> {
  return store === undefined ? {} : { owner: { store } };
}

/** Whether one of ours is among the VMs that VirtualBox cannot open. @param text what VBoxManage prints of all VMs */
export function hasClosedVm(text: string, registered: readonly RegisteredMachine[]): boolean {
  return parseVmList(text).some(
    ({ id, state, settingsFile }) =>
      state === inaccessible &&
      registered.some(({ path, resources }) => resources.some((one) => one.id === id) || isBelow(settingsFile, path)),
  );
}

/** Where a VM keeps its settings and logs. */
export function vmFolderOf({ settingsFile, id }: ListedVm, machineDir: string): string | undefined {
  const folder = dirname(settingsFile);
  return settingsFile !== '' && id !== '' && folder === join(machineDir, basename(folder)) ? folder : undefined;
}
