import type { DriverContext, Leftover, LedgerEntry } from '../../../src/driver/contract.js';
import type { Pace } from '../../../src/driver/kit/cloud/call/pace.js';
import { eventually } from '../../../src/driver/kit/cloud/call/pace.js';
import { attemptRemoval, leftover, type Removal } from '../../../src/driver/kit/cloud/removal.js';
import { all, type Arm, type Resource, type VirtualMachine } from '../api.js';
import { readConfig, type Config } from '../config.js';
import { armRefusal, isNotFound } from '../errors.js';
import { idOf, kinds, namesOf, partsOf, types } from '../naming/names.js';
import { isOfMachine, isOfStore, tagKeys } from '../naming/tags.js';
import { outcome } from './named.js';
import { readGroup, type GroupRequest } from './resource-group.js';
import { deleteThing, straysOf } from './strays.js';
import { readOperation, readVm, removeVm, vmKey } from './vm.js';

export interface Removing {
  readonly ctx: DriverContext;
  readonly arm: Arm;
  readonly pace: Pace;
}

/**
 * Removes the virtual machine with what goes with it, everything else of its own, and the store's things with its last machine. One thing
 * that cannot be removed does not keep another from going.
 * @returns what is left, and why
 */
export async function removeMachine(removing: Removing): Promise<{ readonly left: readonly Leftover[] }> {
  const { ctx } = removing;
  const config = readConfig(ctx.data());
  const entries = await ctx.resources();
  if (entries.length === 0 && config.own.vmId === '') return { left: [] };
  const left = [...(await removeOwn(removing, config, entries))];
  if (left.length === 0) for (const entry of entries) if (entry.scope === 'machine') await ctx.released(entry);
  for (const entry of entries.filter(({ scope }) => scope === 'store').reverse())
    left.push(...(left.length > 0 ? [] : await removeShared(removing, entry)));
  return { left };
}

/** @returns what is left */
async function removeOwn(removing: Removing, config: Config, entries: readonly LedgerEntry[]): Promise<readonly Leftover[]> {
  const { ctx, arm } = removing;
  const { machine } = await ctx.owner();
  const names = namesOf(config, { machine });
  const vm = partsOf(config.own.vmId) ?? { group: config.resourceGroup, name: names.vm };
  const { group } = vm;
  if (group === '') return []; // nothing of its own was asked for yet
  const vmId = idOf({ subscription: config.subscription, group, type: types.vm, name: vm.name });
  await settled(removing, entries);
  const gone = await attempt(removing, kinds.vm, vmId, async () => {
    const there = await readVm(arm, group, vm.name);
    if (there && isMachines(there, config, machine)) await removeVm(arm, group, vm.name);
  });
  if (gone.length > 0) return gone;
  const disk = idOf({ subscription: config.subscription, group, type: types.disk, name: names.disk });
  const ids = [config.own.interfaceId, config.own.addressId, disk, ...foreignIds(config)].filter((id) => id !== '');
  let strays;
  try {
    strays = await straysOf(arm, { group, machine, ids });
  } catch (error) {
    ctx.signal.throwIfAborted();
    return [leftover(kinds.nic, names.nic, error)];
  }
  const left: Leftover[] = [];
  for (const { kind, type, id } of strays)
    left.push(...(await attempt(removing, kind, id, () => whileInUse(removing, () => deleteThing(arm, type, id)))));
  return left;
}

/** Somebody else may have taken the name since. What Docker Machine made has no tags of ours. */
function isMachines(vm: VirtualMachine, { own }: Config, machine: string): boolean {
  const isDockerMachines = own.vmId !== '' && own.madeAt === '' && vm.tags?.[tagKeys.creator] === undefined;
  return isOfMachine(vm, machine) || isDockerMachines;
}

/** What an earlier run began to make can be removed once that is done. */
async function settled({ arm, ctx }: Removing, entries: readonly LedgerEntry[]): Promise<void> {
  for (const { operation = '', scope, key } of entries) {
    const url = key === vmKey ? readOperation(operation).url : operation;
    if (scope === 'machine' && url !== '') await outcome(arm, 'Microsoft.Compute/virtualMachines/read', url, ctx);
  }
}

/** Docker Machine made a security group for each machine, and names its disk so. */
function foreignIds({ own, machineName, subscription, resourceGroup: group }: Config): readonly string[] {
  if (!own.groupId.endsWith(`/${machineName}-firewall`)) return [];
  return [own.groupId, idOf({ subscription, group, type: types.disk, name: `${machineName}-os-disk` })];
}

const inUse =
  /^(InUse\w*|NicInUse|NicReserved\w*|PublicIPAddressCannotBeDeleted|\w+CannotBeDeleted|OperationNotAllowed|AnotherOperationInProgress)$/;

/** Milliseconds for what had it to let it go: a machine that could not be made holds its interface for 180 seconds. */
const patience = 210_000;

async function whileInUse({ pace, ctx }: Removing, work: () => Promise<void>): Promise<void> {
  let refusal: unknown;
  const done = await eventually(
    async () => {
      try {
        await work();
        return true;
      } catch (error) {
        if (!inUse.test(armRefusal(error)?.code ?? '')) throw error;
        refusal = error;
        return undefined;
      }
    },
    { pace, signal: ctx.signal, timeout: patience },
  );
  if (done === undefined) throw refusal;
}

/** What the store shares goes with its last machine. */
async function removeShared(removing: Removing, entry: LedgerEntry): Promise<readonly Leftover[]> {
  const { ctx, arm } = removing;
  let left: readonly Leftover[] = [];
  await ctx.released(entry, async () => {
    const { name = '', group = '' } = (entry.request ?? {}) as { readonly name?: string; readonly group?: string };
    const type = typeOf(entry.kind);
    const id = entry.id ?? idOf({ subscription: readConfig(ctx.data()).subscription, group, type, name });
    left = await attempt(removing, entry.kind, id, () =>
      entry.kind === kinds.group
        ? removeGroup(removing, (entry.request as GroupRequest).name)
        : whileInUse(removing, () => deleteThing(arm, type, id)),
    );
    return left.length === 0;
  });
  return left;
}

function typeOf(kind: string): string {
  if (kind === kinds.securityGroup) return types.securityGroup;
  return kind === kinds.network ? types.network : types.availabilitySet;
}

/** A group of ours goes when nothing is in it: with it everything would go. */
export async function removeGroup({ ctx, arm }: Pick<Removing, 'ctx' | 'arm'>, name: string): Promise<void> {
  const { store } = await ctx.owner();
  const there = await readGroup(arm, name);
  if (!there || !isOfStore(there, store)) return;
  await deleteEmptyGroup(arm, name);
}

/** @throws Error naming what is in it */
export async function deleteEmptyGroup(arm: Arm, name: string): Promise<void> {
  try {
    const found: readonly Resource[] = await arm.call('Microsoft.Resources/subscriptions/resourceGroups/resources/read', ({ resources }) =>
      all(resources.resources.listByResourceGroup(name)),
    );
    const others = found.map(({ name: other = '', type = '' }) => `${other} (${type})`);
    if (others.length > 0) throw new Error(`it is not empty: ${others.slice(0, 5).join(', ')}${others.length > 5 ? ' and more' : ''}`);
    await arm.call('Microsoft.Resources/subscriptions/resourceGroups/delete', ({ resources }) =>
      resources.resourceGroups.beginDeleteAndWait(name),
    );
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

function attempt({ ctx }: Removing, kind: string, id: string, work: () => Removal | Promise<void>): Removal {
  return attemptRemoval(ctx, { kind, id }, isNotFound, work);
}
