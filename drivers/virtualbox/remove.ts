import { TsmachineError, messageOf } from '../../src/base/errors.js';
import type { DriverContext, Leftover } from '../../src/driver/contract.js';
import type { Computer, VBoxManage } from './api.js';
import type { VirtualboxConfig } from './config.js';
import { removeDisks } from './disks/media.js';
import { disconnect, networkLock } from './network/network.js';
import { readLabels, vmKind } from './vm/identity.js';
import { end } from './vm/power.js';
import { unregister } from './vm/unregister.js';
import { findVm, inaccessible, isBelow, stateOf, vmName, type VmFacts } from './vm/vm.js';

/** Removes a machine's VM, its disks, and the networks that no VM uses any more. @returns what could not be removed */
export async function removeMachine(
  config: VirtualboxConfig,
  ctx: DriverContext,
  vbox: VBoxManage,
  computer: Computer,
): Promise<{ left: Leftover[] }> {
  const entries = (await ctx.resources()).filter(({ kind }) => kind === vmKind);
  const ids = new Set(entries.map(({ id, token }) => id ?? token));
  if (config.vmId !== '' || config.built) ids.add(config.vmId);
  if (ids.size === 0) return { left: [] }; // nothing was made yet
  const left: Leftover[] = [];
  for (const vmId of ids) {
    const vm = { kind: vmKind, id: vmName({ ...config, vmId }), name: config.machineName, path: ctx.machineDir };
    if (!(await succeeds(() => removeVm({ ...config, vmId }, ctx, vbox), vm, left, ctx))) continue;
    for (const entry of entries) if ((entry.id ?? entry.token) === vmId) await ctx.released(entry);
  }
  if (left.length > 0) return { left }; // its disks and networks are in use
  left.push(...(await removeDisks(ctx.machineDir, config.baseDisk, ctx, vbox)));
  if (!config.natOnly) {
    const network = { kind: 'VirtualBox host-only network', id: config.hostOnlyCidr };
    await succeeds(() => ctx.lock(networkLock, () => disconnect(ctx, vbox, computer)), network, left, ctx);
  }
  return { left };
}

/** Switches a VM off and takes it from VirtualBox's list; its disks stay. */
export async function removeVm(
  config: VirtualboxConfig,
  ctx: Pick<DriverContext, 'machineDir' | 'signal'>,
  vbox: VBoxManage,
): Promise<void> {
  const facts = await findVm(config, ctx.machineDir, vbox);
  if (!facts || !(await isOurs(facts, config, ctx, vbox))) return;
  await end(config, ctx, vbox);
  if (stateOf(facts) === 'Saved') await vbox.attempt(['discardstate', vmName(config)]);
  await unregister(config, ctx, vbox);
}

/** An import or an editor may have put another VM's UUID into the data: that VM is left alone. */
async function isOurs(
  facts: VmFacts,
  config: VirtualboxConfig,
  { machineDir }: Pick<DriverContext, 'machineDir'>,
  vbox: VBoxManage,
): Promise<boolean> {
  if (facts.get('VMState') === inaccessible || isBelow(facts.get('CfgFile') ?? '', machineDir)) return true;
  return (await readLabels(config.vmId, vbox)) !== undefined;
}

/** Whether something was removed; if VirtualBox refused, it is left. Any other failure is thrown. */
async function succeeds(
  work: () => Promise<void>,
  what: Leftover,
  left: Leftover[],
  { signal }: Pick<DriverContext, 'signal'>,
): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    signal.throwIfAborted();
    if (!TsmachineError.is(error) || (error.code !== 'DRIVER_FAILED' && error.code !== 'WAIT_TIMEOUT')) throw error;
    left.push({ ...what, why: messageOf(error) });
    return false;
  }
}
