import { TsmachineError } from '../../../src/base/errors.js';
import { say } from '../../../src/base/text.js';
import type { AccountContext, Leftover } from '../../../src/driver/contract.js';
import type { Computer, VBoxManage } from '../api.js';
import { readConfig } from '../config.js';
import { closeBelow, diskKind, mediaLock, readMedia } from '../disks/media.js';
import { forgetSource, pendingMediumKey } from '../disks/unfinished.js';
import { disconnect, networkLock } from '../network/network.js';
import { pendingKey } from '../network/pending.js';
import { removeVm } from '../remove.js';
import { vmKind } from '../vm/identity.js';
import { parseVmList, readVmList } from '../vm/list.js';
import { discardImage, imageKind } from './images.js';
import { describeVm, hasClosedVm, interfaceKind, networkKind, noteKind, vmFolderOf } from './list.js';

/**
 * Removes one thing that `listLeftovers` found, if it is still ours and still unused. What is gone already is a success.
 * @throws TsmachineError DRIVER_FAILED saying what could not be removed
 */
export async function discardLeftover(leftover: Leftover, ctx: AccountContext, vbox: VBoxManage, computer: Computer): Promise<void> {
  switch (leftover.kind) {
    case vmKind:
      await discardVm(leftover, ctx, vbox);
      return discardNetworks(ctx, vbox, computer);
    case diskKind:
      return discardDisk(leftover, ctx, vbox);
    case imageKind:
      return discardImage(leftover, ctx, vbox);
    case interfaceKind:
    case networkKind:
      return discardNetworks(ctx, vbox, computer);
    case noteKind:
      if (leftover.id === pendingMediumKey) return ctx.lock(mediaLock, () => forgetSource(vbox));
      if (leftover.id === pendingKey) return discardNetworks(ctx, vbox, computer);
      break;
  }
  throw new TsmachineError('DRIVER_FAILED', `Driver virtualbox makes nothing of the kind ${JSON.stringify(leftover.kind)}`);
}

async function discardVm({ id, path }: Leftover, ctx: AccountContext, vbox: VBoxManage): Promise<void> {
  const registered = await ctx.registered();
  const listed = parseVmList(await readVmList(vbox)).find((one) => one.id === id);
  const vm = listed && (await describeVm(listed, registered, vbox));
  if (listed && !vm) throw new TsmachineError('DRIVER_FAILED', `The VM ${id} is not tsmachine's`);
  const machineDir = vm?.path ?? registered.find((one) => one.path === path)?.path;
  if (machineDir === undefined) return; // gone, and nobody knows where its disks were
  if (listed && vm) {
    const config = { ...readConfig({}), machineName: vm.name ?? id, vmId: id };
    await removeVm(config, { machineDir, signal: ctx.signal }, vbox);
  }
  await closeDisks(machineDir, ctx, vbox);
  const folder = listed && vmFolderOf(listed, machineDir);
  if (folder !== undefined) await ctx.files.remove(folder);
}

/** Only below a folder that this computer's registry remembers as a machine's. */
async function discardDisk({ id, path }: Leftover, ctx: AccountContext, vbox: VBoxManage): Promise<void> {
  const machine = (await ctx.registered()).find((one) => one.path === path);
  if (machine && (await readMedia(vbox)).some((one) => one.id === id)) await closeDisks(machine.path, ctx, vbox);
}

async function closeDisks(machineDir: string, ctx: AccountContext, vbox: VBoxManage): Promise<void> {
  const [left] = await ctx.lock(mediaLock, () => closeBelow(machineDir, ctx.files, vbox));
  if (!left) return;
  throw new TsmachineError('DRIVER_FAILED', say`VirtualBox keeps the disk ${left.name ?? left.id}: ${left.why ?? 'it gives no reason'}`);
}

async function discardNetworks(ctx: AccountContext, vbox: VBoxManage, computer: Computer): Promise<void> {
  await ctx.lock(networkLock, async () => {
    if (!hasClosedVm(await readVmList(vbox), await ctx.registered())) await disconnect(ctx, vbox, computer);
  });
}
