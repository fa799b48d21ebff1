import { randomUUID } from 'node:crypto';

import { ArmError, invalidParameter } from '../../front/errors.js';
import { versions } from '../../front/kinds.js';
import { dig, list, number, put, same, text } from '../../world/json.js';
import type { Stored, Subscription } from '../../world/world.js';
import { types } from '../network/used.js';
import { trackedKind, type Tracked } from '../tracked.js';
import { checkComputeName } from './names.js';

export const diskType = 'Microsoft.Compute/disks';

const disks: Tracked = {
  type: diskType,
  versions: versions.disks,
  checkName: checkComputeName,
  prepare({ body }) {
    put(body, 'sku.tier', text(body, 'sku.name')?.startsWith('Premium') === true ? 'Premium' : 'Standard');
    if (text(body, 'properties.creationData.createOption') !== 'Empty' || number(body, 'properties.diskSizeGB') === undefined) {
      throw invalidParameter('The stand-in makes only empty disks that say their size.', 'creationData.createOption');
    }
  },
  removable({ id, name }, subscription) {
    const machine = userOf(subscription, id);
    if (machine) throw new ArmError(409, 'OperationNotAllowed', `Disk ${name} is attached to VM ${machine.id}.`);
  },
  show(shown, { id }, subscription) {
    const machine = userOf(subscription, id);
    put(shown, 'properties.diskState', machine ? 'Attached' : 'Unattached');
    if (machine) shown['managedBy'] = machine.id;
  },
};

function userOf(subscription: Subscription, disk: string): Stored | undefined {
  return subscription
    .of(types.machine)
    .find(({ body }) =>
      [dig(body, 'properties.storageProfile.osDisk'), ...list(body, 'properties.storageProfile.dataDisks')].some((each) =>
        same(text(each, 'managedDisk.id'), disk),
      ),
    );
}

export const diskKind = trackedKind(disks);

/** The disk that comes with a machine. */
export function makeDisk(subscription: Subscription, machine: Stored, name: string, gigabytes: number, sku: string): Stored {
  const { body, group } = machine;
  const id = `${subscription.groupId(group)}/providers/${diskType}/${name}`;
  if (subscription.get(id))
    throw new ArmError(
      409,
      'ConflictingUserInput',
      `Disk '${name}' already exists in resource group '${group}'. Only CreateOption.Attach is supported.`,
    );
  return subscription.add({
    id,
    type: diskType,
    name,
    group,
    body: {
      location: body['location'],
      ...(body['zones'] === undefined ? {} : { zones: body['zones'] }),
      ...(body['tags'] === undefined ? {} : { tags: body['tags'] }),
      sku: { name: sku, tier: sku.startsWith('Premium') ? 'Premium' : 'Standard' },
      properties: {
        osType: 'Linux',
        creationData: { createOption: 'FromImage' },
        diskSizeGB: gigabytes,
        provisioningState: 'Succeeded',
        uniqueId: randomUUID(),
      },
    },
  });
}
