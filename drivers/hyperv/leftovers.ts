import { basename, dirname } from 'node:path';

import { TsmachineError } from '../../src/base/errors.js';
import type { AccountContext, Leftover, Owner, RegisteredMachine } from '../../src/driver/contract.js';
import type { Tools, Vm } from './api.js';
import { diskBytes, drivesOf } from './vm/disks.js';
import { removeVm, turnOff } from './vm/power.js';
import { isBelow, readNotes, sameName, vmKind } from './vm/vm.js';

/** What is known of a VM of ours. */
interface Origin {
  readonly owner?: Owner;
  /** The machine's folder. */
  readonly path?: string;
}

/** Every VM of tsmachine's, of whatever store. Where there is no PowerShell, there is none. */
export async function listLeftovers(ctx: AccountContext, tools: Tools): Promise<Leftover[]> {
  const registered = await ctx.registered();
  const found: Leftover[] = [];
  for (const vm of await listVms(tools)) {
    const origin = originOf(vm, registered, tools.computer.platform);
    if (!origin) continue;
    const bytes = origin.path === undefined ? undefined : await diskBytes(origin.path, ctx.files);
    found.push({
      kind: vmKind,
      id: vm.id,
      name: vm.name,
      ...origin,
      ...(vm.created === '' ? {} : { createdAt: vm.created }),
      ...(bytes === undefined ? {} : { bytes }),
    });
  }
  return found;
}

async function listVms({ hyperv }: Tools): Promise<readonly Vm[]> {
  try {
    return await hyperv.vms();
  } catch (error) {
    if (TsmachineError.is(error) && ['DRIVER_UNSUPPORTED', 'COMMAND_MISSING'].includes(error.code)) return [];
    throw error;
  }
}

/**
 * A VM is ours by its notes; by its id, which this computer's registry remembers; or by its folder, when a run was interrupted before the
 * VM had notes. Undefined: it is somebody else's.
 */
function originOf(vm: Vm, registered: readonly RegisteredMachine[], platform: string): Origin | undefined {
  const known =
    registered.find(({ resources }) => resources.some(({ kind, id }) => kind === vmKind && sameName(id, vm.id))) ??
    registered.find(({ name, path }) => sameName(vm.name, name) && isBelow(vm.path, path, platform));
  if (known) return { owner: known.owner, path: known.path };
  const notes = readNotes(vm.notes);
  const path = machineDirOf(vm);
  // a VM somewhere else may be the user's own copy of ours, which has our notes too: it has no owner, and is never removed
  if (!notes || path === undefined) return notes && {};
  return { path, ...(notes.owner ? { owner: notes.owner } : {}) };
}

/** The VM of machine M has its settings in `M's folder/M`. */
function machineDirOf({ path }: Vm): string | undefined {
  const dir = dirname(path);
  return path !== '' && sameName(basename(dir), basename(path)) ? dir : undefined;
}

/**
 * Turns off and removes a VM that `listLeftovers` found, if it is still ours, with its drives; its folder may be gone. A VM that is gone
 * already is a success.
 * @throws TsmachineError DRIVER_FAILED for a VM that is not tsmachine's
 */
export async function discardLeftover({ id }: Leftover, ctx: AccountContext, { hyperv, computer }: Tools): Promise<void> {
  const vms = await hyperv.vms();
  const vm = vms.find((one) => sameName(one.id, id));
  if (!vm) return;
  const origin = originOf(vm, await ctx.registered(), computer.platform);
  if (!origin?.path && !origin?.owner) throw new TsmachineError('DRIVER_FAILED', `The VM "${vm.name}" is not tsmachine's`);
  const find = async () => (await hyperv.vms()).find((one) => one.id === vm.id);
  await turnOff(find, ctx, hyperv);
  const { path } = origin;
  // A machine that was made again in the same folder needs its drives.
  const isShared = path === undefined || vms.some((one) => one !== vm && isBelow(one.path, path, computer.platform));
  // The drives go before the VM: as long as there is something left, the VM is found again.
  if (!isShared) for (const drive of drivesOf(path)) await ctx.files.remove(drive);
  await removeVm(find, ctx, hyperv);
  if (!isShared && isBelow(vm.path, path, computer.platform) && vm.path !== path) await ctx.files.remove(vm.path);
}
