import { ArmError, invalidParameter } from '../../../front/errors.js';
import type { Arrived } from '../../../front/kinds.js';
import { dig, isJson, number, text, texts, type Json } from '../../../world/json.js';
import { same } from '../../../world/json.js';
import type { Size } from '../catalogue/sizes.js';

/** Sets, proximity groups, spot and identities. @throws ArmError */
export function checkPlacement(body: Json, size: Size, arrived: Arrived): void {
  checkSet(body, arrived);
  const near = text(body, 'properties.proximityPlacementGroup.id');
  if (near !== undefined && arrived.subscription.get(near) === undefined) throw gone(near);
  checkSpot(body, size);
  checkIdentities(body, arrived);
}

function gone(id: string): ArmError {
  return new ArmError(404, 'ResourceNotFound', `The entity was not found: ${id}.`, { target: id });
}

function checkSet(body: Json, { subscription }: Arrived): void {
  const id = text(body, 'properties.availabilitySet.id');
  if (id === undefined) return;
  const set = subscription.get(id);
  if (set === undefined) throw gone(id);
  if (texts(body, 'zones').length > 0) {
    throw invalidParameter('Virtual machine cannot have both availability set and availability zone specified.', 'zones');
  }
  if (text(set.body, 'location') !== text(body, 'location')) {
    throw invalidParameter(`The availability set ${id} is in another location than the virtual machine.`, 'availabilitySet');
  }
  if (text(set.body, 'sku.name') === 'Classic') {
    const message = `Addition of a VM with managed disks to non-managed Availability Set or addition of a VM with blob based disks to managed Availability Set is not supported. Please create an Availability Set with 'managed' property set in order to add a VM with managed disks to it.`;
    throw new ArmError(409, 'OperationNotAllowed', message);
  }
}

function checkSpot(body: Json, size: Size): void {
  const spot = text(body, 'properties.priority') === 'Spot';
  const policy = text(body, 'properties.evictionPolicy');
  const price = number(body, 'properties.billingProfile.maxPrice');
  if (!spot) {
    if (policy !== undefined)
      throw new ArmError(409, 'OperationNotAllowed', 'Eviction policy can be set only on Azure Spot Virtual Machines.');
    if (price !== undefined) throw new ArmError(409, 'OperationNotAllowed', 'Max price can be set only on Azure Spot Virtual Machines.');
    return;
  }
  if (dig(body, 'properties.availabilitySet') !== undefined) {
    throw new ArmError(409, 'OperationNotAllowed', 'Azure Spot Virtual Machine is not supported in Availability Set.');
  }
  if (policy !== 'Delete' && dig(body, 'properties.storageProfile.osDisk.diffDiskSettings') !== undefined) {
    throw new ArmError(409, 'OperationNotAllowed', "Eviction policy 'Deallocate' is not supported for VMs with an ephemeral OS disk.");
  }
  if (size.name.startsWith('Standard_B')) {
    throw new ArmError(409, 'OperationNotAllowed', `Azure Spot is not supported for VM size '${size.name}'.`);
  }
  if (price !== undefined && price !== -1 && price <= 0)
    throw invalidParameter(`The value '${price}' of parameter 'maxPrice' is invalid.`, 'maxPrice');
}

function checkIdentities(body: Json, { subscription, address }: Arrived): void {
  const type = text(body, 'identity.type');
  const named = dig(body, 'identity.userAssignedIdentities');
  const ids = isJson(named) ? Object.keys(named) : [];
  if ((type?.includes('UserAssigned') ?? false) !== ids.length > 0) {
    const message = `The identity type '${type ?? 'None'}' and the user assigned identities that are named do not fit.`;
    throw new ArmError(400, 'InvalidIdentityValues', message);
  }
  for (const id of ids) {
    if ((subscription.options.identities ?? []).some((each) => same(each, id))) continue;
    const message = `Identity operation for resource '${address.id}' failed with error 'Failed to perform resource identity operation. Status: 'BadRequest'. Response: '{"error":{"code":"BadRequest","message":"Resource '${id}' was not found."}}'.`;
    throw new ArmError(400, 'FailedIdentityOperation', message);
  }
}
