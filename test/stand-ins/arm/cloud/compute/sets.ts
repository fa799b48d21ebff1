import { ArmError } from '../../front/errors.js';
import { versions } from '../../front/kinds.js';
import { put, same, text } from '../../world/json.js';
import type { Subscription } from '../../world/world.js';
import { types } from '../network/used.js';
import { trackedKind } from '../tracked.js';
import { checkComputeName } from './names.js';

const setType = 'Microsoft.Compute/availabilitySets';
const placeType = 'Microsoft.Compute/proximityPlacementGroups';

function members(subscription: Subscription, property: string, id: string): { id: string }[] {
  return subscription
    .of(types.machine)
    .filter(({ body }) => same(text(body, `properties.${property}.id`), id))
    .map((each) => ({ id: each.id }));
}

export const setKind = trackedKind({
  type: setType,
  versions: versions.compute,
  checkName: checkComputeName,
  prompt: true,
  prepare({ body }) {
    put(body, 'sku.name', text(body, 'sku.name') ?? 'Classic');
  },
  removable({ id, name }, subscription) {
    if (members(subscription, 'availabilitySet', id).length === 0) return;
    const message = `Availability Set '${name}' cannot be deleted. Before deleting an Availability Set please ensure that it does not contain any VM.`;
    throw new ArmError(409, 'OperationNotAllowed', message);
  },
  show(shown, { id }, subscription) {
    delete (shown['properties'] as Record<string, unknown>)['provisioningState'];
    put(shown, 'properties.virtualMachines', members(subscription, 'availabilitySet', id));
  },
});

export const placeKind = trackedKind({
  type: placeType,
  versions: versions.compute,
  checkName: checkComputeName,
  prompt: true,
  removable({ id, name }, subscription) {
    if (members(subscription, 'proximityPlacementGroup', id).length === 0) return;
    const message = `Proximity placement group '${name}' cannot be deleted. Before deleting it please ensure that no resource uses it.`;
    throw new ArmError(409, 'OperationNotAllowed', message);
  },
  show(shown, { id }, subscription) {
    delete (shown['properties'] as Record<string, unknown>)['provisioningState'];
    put(shown, 'properties.virtualMachines', members(subscription, 'proximityPlacementGroup', id));
  },
});
