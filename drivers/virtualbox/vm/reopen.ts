import type { DriverContext } from '../../../src/driver/contract.js';
import type { VBoxManage } from '../api.js';
import type { VirtualboxConfig } from '../config.js';
import { diskOf } from '../disks/disks.js';
import { mediaLock } from '../disks/media.js';
import { existingVm, findVm, inaccessible, type VmFacts } from './vm.js';

/**
 * The machine's VM, opened again if need be: VirtualBox notes all disks on one base in the settings of one VM. If that VM's folder was
 * deleted by hand, it cannot open the other VMs until it is shown the base and their disks.
 * @throws TsmachineError DRIVER_FAILED when the VM is gone or cannot be opened
 */
export async function openedVm(config: VirtualboxConfig, ctx: DriverContext, vbox: VBoxManage): Promise<VmFacts> {
  const facts = await findVm(config, ctx.machineDir, vbox);
  if (facts && facts.get('VMState') !== inaccessible) return facts;
  if (facts && config.baseDisk !== '') await showDisks([config.baseDisk, diskOf(ctx.machineDir)], ctx, vbox);
  return existingVm(config, ctx.machineDir, vbox);
}

async function showDisks(disks: readonly string[], ctx: DriverContext, vbox: VBoxManage): Promise<void> {
  ctx.io.info('VirtualBox cannot open the VM. Showing it the disks again...');
  await ctx.lock(mediaLock, async () => {
    for (const disk of disks) if (await ctx.files.exists(disk)) await vbox.attempt(['showmediuminfo', 'disk', disk]);
    await vbox.attempt(['list', 'vms']); // VirtualBox tries again to open each VM that it lists
  });
}
