import { randomUUID } from 'node:crypto';

import { TsmachineError } from '../../../src/base/errors.js';
import type { DriverContext, LedgerEntry } from '../../../src/driver/contract.js';
import { attemptRemoval, removeEntry, type Removal } from '../../../src/driver/kit/cloud/removal.js';
import type { Leftover } from '../../../src/driver/contract.js';
import { carriedOut, ended, type Waiting } from '../call/operations.js';
import { isInUse, isNotFound } from '../call/refused.js';
import type { Disk, Instance } from '../call/resources.js';
import { lastOf, readConfig, type Config } from '../config.js';
import { labelKeys } from '../labels.js';
import { addressKind, removeAddress } from '../network/address.js';
import { firewallKind, removeRules } from '../network/firewall.js';
import { leaveExisting } from './existing.js';
import { instanceAt, instanceKind, notedIn } from './instance.js';
import { diskNameOf, idOf, nameOf, offersOf, placeOfId, type Plan } from './launch.js';
import { isMade } from './look.js';

export const diskKind = 'GCE disk';

export interface Removing {
  readonly ctx: DriverContext;
  readonly waiting: Waiting;
}

/**
 * Removes the machine's VM, its disk and everything of its own; the store's things with its last machine. One thing that cannot be removed
 * does not keep another from going.
 * @returns what is left, and why
 */
export async function removeMachine(removing: Removing): Promise<{ readonly left: readonly Leftover[] }> {
  const { ctx } = removing;
  const config = readConfig(ctx.data());
  const entries = await ctx.resources();
  const left: Leftover[] = [];
  const id = await idToRemove(removing, config, entries);
  if (config.useExisting) left.push(...(await attempt(removing, instanceKind, id ?? config.machineName, () => leave(removing))));
  else if (id !== undefined) left.push(...(await removeInstance(removing, config, id)));
  if (left.length === 0) for (const entry of entries.filter(({ kind }) => kind === instanceKind)) await ctx.released(entry);
  const others = entries.filter(({ kind }) => kind !== instanceKind).reverse();
  for (const entry of others) {
    const kept = left.length > 0 ? 'it goes with the VM, which is still there' : undefined;
    const remove = () => attempt(removing, entry.kind, entry.id ?? entry.key, () => removal(entry, removing));
    left.push(...(await removeEntry(ctx, entry, kept, remove)));
  }
  return { left };
}

async function leave(removing: Removing): Promise<void> {
  const { ctx } = removing;
  if (!isMade(ctx.data(), readConfig(ctx.data()))) return;
  await leaveExisting(removing);
  ctx.io.info(`The VM ${ctx.machineName} stays: tsmachine did not make it`);
}

/** Where the VM is, as far as anything tells; undefined when there can be none. */
async function idToRemove({ ctx, waiting }: Removing, config: Config, entries: readonly LedgerEntry[]): Promise<string | undefined> {
  const entry = entries.find(({ kind }) => kind === instanceKind);
  if (entry?.id !== undefined) return entry.id;
  if (!entry) return isMade(ctx.data(), config) ? idOf(config.zone, config.machineName) : undefined;
  // its outcome is not known: the call may still be under way
  const offers = offersOf(entry.request as Plan, config);
  const { offer: name, operation } = notedIn(entry);
  const { candidate } = offers.find((offer) => nameOf(offer) === name) ?? offers[0] ?? {};
  if (!candidate) return undefined;
  const { zone } = candidate;
  await untilOver(operation, zone, { ctx, waiting }, config).catch((error: unknown) => {
    // one that failed has made nothing
    if (!isNotFound(error)) ctx.io.debug(`The VM ${config.machineName} was not made: ${String(error)}`);
  });
  return idOf(zone, config.machineName);
}

/** Waits for the making of the VM to end, whatever it comes to. */
async function untilOver(operation: string | undefined, zone: string, { ctx, waiting }: Removing, { machineName }: Config): Promise<void> {
  const names = operation === undefined ? await runningInserts(zone, machineName, waiting) : [operation];
  ctx.signal.throwIfAborted();
  for (const name of names) await ended({ operation: { name }, zone, action: 'instances.insert' }, waiting);
}

async function runningInserts(zone: string, machineName: string, { gce }: Waiting): Promise<readonly string[]> {
  const { items = [] } = await gce.call('zoneOperations.list', { zone, filter: '(operationType = "insert") (status != "DONE")' });
  return items.flatMap(({ name, targetLink = '' }) =>
    name !== undefined && targetLink.endsWith(`/instances/${machineName}`) ? [name] : [],
  );
}

async function removeInstance(removing: Removing, config: Config, id: string): Removal {
  const { ctx, waiting } = removing;
  const { machine } = await ctx.owner();
  const { zone } = placeOfId(id);
  let disks: readonly string[] = [diskNameOf(config.machineName)];
  const left = await attempt(removing, instanceKind, id, async () => {
    const there = await instanceAt(waiting.gce, id);
    if (!there) return;
    if (!isOurs(there, config, machine)) {
      disks = [];
      return;
    }
    disks = (there.disks ?? []).filter(({ boot }) => boot === true).map(({ source }) => lastOf(source));
    await deleteInstance(id, there, waiting);
  });
  if (left.length > 0) return left;
  const rest: Leftover[] = [];
  for (const disk of disks)
    rest.push(...(await attempt(removing, diskKind, `${zone}/${disk}`, () => removeDisk(`${zone}/${disk}`, { config, machine }, waiting))));
  return rest;
}

/** Docker Machine's VMs have no label. */
function isOurs({ labels = {}, id }: Instance, { own }: Config, machine: string): boolean {
  const label = labels[labelKeys.machine];
  return label === undefined ? own.instanceId === '' || own.instanceId === id : label === machine;
}

/** Deletes a VM, with the disks that go with it. @throws TsmachineError when it is protected: nothing of ours takes a protection away */
export async function deleteInstance(
  id: string,
  { deletionProtection }: Pick<Instance, 'deletionProtection'>,
  waiting: Waiting,
): Promise<void> {
  const { zone, instance } = placeOfId(id);
  if (deletionProtection === true) {
    const where = `--zone ${zone} --project ${waiting.gce.place.project}`;
    const command = `gcloud compute instances update ${instance} --no-deletion-protection ${where}`;
    throw new TsmachineError('DRIVER_FAILED', `It is protected (--google-deletion-protection). To allow it: ${command}`);
  }
  const call = () => waiting.gce.call('instances.delete', { zone, instance, requestId: randomUUID() });
  const look = () => waiting.gce.call('instances.get', { zone, instance });
  await carriedOut({ call, look, zone, action: 'instances.delete' }, waiting);
}

interface Whose {
  readonly config: Config;
  readonly machine: string;
}

/** The disk goes with the VM, unless somebody has changed that. */
async function removeDisk(id: string, { config, machine }: Whose, waiting: Waiting): Promise<void> {
  const { zone, instance: disk } = placeOfId(id);
  const there: Disk = await waiting.gce.call('disks.get', { zone, disk });
  const label = there.labels?.[labelKeys.machine];
  const isMachines =
    label === undefined ? disk === diskNameOf(config.machineName) && there.labels?.[labelKeys.creator] === undefined : label === machine;
  if (!isMachines) return;
  await deleteDisk(id, waiting);
}

export async function deleteDisk(id: string, waiting: Waiting): Promise<void> {
  const { zone, instance: disk } = placeOfId(id);
  const call = () => waiting.gce.call('disks.delete', { zone, disk, requestId: randomUUID() });
  const look = () => waiting.gce.call('disks.get', { zone, disk });
  await carriedOut({ call, look, zone, action: 'disks.delete' }, waiting);
}

async function removal(entry: LedgerEntry, { ctx, waiting }: Removing): Promise<void> {
  const { store, machine } = await ctx.owner();
  if (entry.kind === firewallKind) await removeRules(entry, store, waiting);
  else if (entry.kind === addressKind) await removeAddress(entry, machine, waiting);
  else throw new TsmachineError('INTERNAL', `The ledger has a ${entry.kind}, which this version does not know`);
}

function attempt({ ctx }: Removing, kind: string, id: string, work: () => Removal | Promise<void>): Removal {
  return attemptRemoval(ctx, { kind, id }, (error) => isNotFound(error) && !isInUse(error), work);
}
