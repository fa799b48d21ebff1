import { randomUUID } from 'node:crypto';

import { invalidParameter, missing, type ArmError } from '../../../front/errors.js';
import { versions, type Answer, type Arrived } from '../../../front/kinds.js';
import { copy, dig, json, list, put, text, type Json } from '../../../world/json.js';
import type { Stored } from '../../../world/world.js';
import { types } from '../../network/used.js';
import { admit, begin, keep, show, type Draft, type Tracked } from '../../tracked.js';
import { allocate, checkOffer } from '../capacity.js';
import { makeDisk } from '../disks.js';
import { checkMachineName } from '../names.js';
import { checkQuota } from '../quota.js';
import { offered, type Size } from '../catalogue/sizes.js';
import { checkLogin } from './login.js';
import { checkInterfaces, reserveInterfaces } from './network.js';
import { checkPlacement } from './placement.js';
import { checkStorage, type Disk } from './storage.js';
import { checkUnchanged } from './unchangeable.js';

export const machine: Pick<Tracked, 'type' | 'versions' | 'checkName' | 'links' | 'show' | 'etags'> = {
  type: types.machine,
  versions: versions.compute,
  checkName: checkMachineName,
  etags: true,
  links: (body) => [
    ...list(body, 'properties.networkProfile.networkInterfaces').map((each) => ({
      id: text(each, 'id') ?? '',
      action: `${types.nic}/join/action`,
    })),
    ...Object.keys(json(body, 'identity.userAssignedIdentities')).map((id) => ({
      id,
      action: 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action',
    })),
  ],
};

/** Makes a machine, or changes one. */
export function putMachine(arrived: Arrived): Answer {
  const before = admit(arrived, machine);
  const { address } = arrived;
  const id = before?.id ?? address.id;
  const body = copy(arrived.body);
  for (const name of ['id', 'name', 'type', 'etag', 'resources']) delete body[name];
  const location = text(body, 'location')?.toLowerCase().replaceAll(' ', '') ?? '';
  body['location'] = location;
  const size = sizeOf(body, location);
  const draft: Draft = { arrived, before, id, body, hidden: before?.hidden ?? {} };
  return before && text(before.body, 'properties.provisioningState') !== 'Failed' ? change(draft, before, size) : make(draft, size);
}

function sizeOf(body: Json, location: string): Size {
  const name = text(body, 'properties.hardwareProfile.vmSize');
  if (name === undefined) throw missing('vmSize');
  const found = offered(name, location);
  if (found) return found;
  const message = `The value ${name} provided for the VM size is not valid. The valid sizes in the current region are: Standard_B1s,Standard_B2s,Standard_D2s_v5... Find out more on the valid VM sizes in each region at https://aka.ms/azure-regions.`;
  throw invalidParameter(message, 'vmSize');
}

/** A new one, or one that failed before and is tried again. */
function make(draft: Draft, size: Size): Answer {
  const { arrived, before, id, body, hidden } = draft;
  const { subscription, world } = arrived;
  const name = arrived.address.names.at(-1) ?? '';
  if (before) checkUnchanged(body, before, name);
  checkLogin(body);
  const disk = checkStorage(body, size, arrived, name);
  checkInterfaces(body, size, arrived, id);
  checkPlacement(body, size, arrived);
  checkEncryption(body, arrived);
  try {
    if (before === undefined) checkQuota(subscription, text(body, 'location') ?? '', size, text(body, 'properties.priority') === 'Spot');
    checkOffer(world, subscription, body);
  } catch (error) {
    reserveInterfaces(body, arrived, id);
    throw error;
  }
  conceal(body, hidden);
  complete(body, hidden, disk);
  const stored = keep(draft, types.machine, world.behaviour.unseenInLists);
  placeDisk(arrived, stored, disk);
  Object.assign(hidden, { power: '', error: undefined, since: Date.now() });
  if (before) delete hidden['power'];
  put(stored.body, 'properties.provisioningState', 'Creating');
  world.note(id, 'creating');
  const operation = begin(arrived, id, text(body, 'location') ?? '', {
    kind: 'machine',
    finish: () => {
      allocate(world, subscription, stored.body);
      put(stored.body, 'properties.provisioningState', 'Succeeded');
      hidden['power'] = 'running';
    },
    fail: (error) => {
      failed(stored, error);
      reserveInterfaces(stored.body, arrived, id);
    },
    result: () => show(stored, machine, subscription),
  });
  return { status: before ? 200 : 201, body: show(stored, machine, subscription), shows: types.machine, operation };
}

function checkEncryption(body: Json, { subscription }: Arrived): void {
  if (dig(body, 'properties.securityProfile.encryptionAtHost') !== true) return;
  if ((subscription.options.features ?? []).includes('EncryptionAtHost')) return;
  const message =
    "The property 'securityProfile.encryptionAtHost' is not valid because the 'Microsoft.Compute/EncryptionAtHost' feature is not enabled " +
    'for this subscription.';
  throw invalidParameter(message, 'securityProfile.encryptionAtHost');
}

/** The machine stays, with its interfaces and its disk, and must be removed. */
export function failed({ body, hidden }: Stored, error: ArmError): void {
  put(body, 'properties.provisioningState', 'Failed');
  hidden['error'] = { code: error.code, message: error.message };
  hidden['since'] = Date.now();
}

function conceal(body: Json, hidden: Json): void {
  const os = json(body, 'properties.osProfile');
  hidden['customData'] = os['customData'] ?? hidden['customData'];
  delete os['customData'];
  delete os['adminPassword'];
  const properties = json(body, 'properties');
  hidden['userData'] = properties['userData'];
  delete properties['userData'];
}

function complete(body: Json, hidden: Json, disk: Disk): void {
  hidden['vmId'] ??= randomUUID();
  hidden['created'] ??= new Date().toISOString();
  put(body, 'properties.vmId', hidden['vmId']);
  put(body, 'properties.timeCreated', hidden['created']);
  const os = json(body, 'properties.osProfile');
  Object.assign(os, { secrets: [], allowExtensionOperations: true, ...os });
  put(body, 'properties.storageProfile.osDisk.osType', 'Linux');
  put(body, 'properties.storageProfile.osDisk.name', disk.name);
  put(body, 'properties.storageProfile.osDisk.diskSizeGB', disk.gigabytes);
  put(body, 'properties.storageProfile.dataDisks', []);
  const assigned = json(body, 'identity.userAssignedIdentities');
  for (const id of Object.keys(assigned)) assigned[id] = { clientId: randomUUID(), principalId: randomUUID() };
}

function placeDisk({ subscription }: Arrived, stored: Stored, disk: Disk): void {
  const path = 'properties.storageProfile.osDisk.managedDisk';
  const id = `${subscription.groupId(stored.group)}/providers/Microsoft.Compute/disks/${disk.name}`;
  put(stored.body, path, { ...json(stored.body, path), storageAccountType: disk.sku, ...(disk.ephemeral ? {} : { id }) });
  if (disk.ephemeral) return; // no resource of its own
  if (subscription.get(id)) return; // of the same machine, which failed before
  makeDisk(subscription, stored, disk.name, disk.gigabytes, disk.sku);
}

function change(draft: Draft, before: Stored, size: Size): Answer {
  const { arrived, body, hidden, id } = draft;
  const { subscription } = arrived;
  checkUnchanged(body, before, before.name);
  const running = arrived.world.operations.running(id);
  // the same request again, as after a lost answer, is told of the operation that works on it
  if (running) return { status: 200, body: show(before, machine, subscription), shows: types.machine, operation: running };
  if (dig(body, 'properties.networkProfile') !== undefined) checkInterfaces(body, size, arrived, id);
  conceal(body, hidden);
  const kept = merged(before.body, body);
  before.body = kept;
  put(kept, 'properties.provisioningState', 'Updating');
  const operation = begin(arrived, id, text(kept, 'location') ?? '', {
    finish: () => {
      put(kept, 'properties.provisioningState', 'Succeeded');
    },
    fail: (error) => {
      failed(before, error);
    },
    result: () => show(before, machine, subscription),
  });
  return { status: 200, body: show(before, machine, subscription), shows: types.machine, operation };
}

/** What a change names replaces what was there; the rest stays. */
export function merged(before: Json, change: Json): Json {
  const result = copy(before);
  for (const [key, value] of Object.entries(change)) {
    const old = result[key];
    const both =
      typeof old === 'object' &&
      old !== null &&
      !Array.isArray(old) &&
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value);
    result[key] = both && key !== 'tags' ? merged(old as Json, value as Json) : copy(value);
  }
  return result;
}
