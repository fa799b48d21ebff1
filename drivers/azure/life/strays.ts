import { all, type Arm, type Resource } from '../api.js';
import { isNotFound } from '../errors.js';
import { isSame, kinds, partsOf, types } from '../naming/names.js';
import { isOfMachine } from '../naming/tags.js';

/** Something of a machine beside the machine itself. */
export interface Stray {
  readonly kind: string;
  readonly type: string;
  readonly id: string;
}

/** What has to go first comes first. */
const order = [
  [types.nic, kinds.nic],
  [types.address, kinds.address],
  [types.disk, kinds.disk],
] as const;

export interface Sought {
  readonly group: string;
  readonly machine: string;
  /** Ids and names that are the machine's own, whatever their tags. */
  readonly ids: readonly string[];
}

/** What a resource group has of a machine, by its tag, its id or its name. One call. */
export async function straysOf(arm: Arm, { group, machine, ids }: Sought): Promise<readonly Stray[]> {
  let found: readonly Resource[];
  try {
    found = await arm.call('Microsoft.Resources/subscriptions/resourceGroups/resources/read', ({ resources }) =>
      all(resources.resources.listByResourceGroup(group)),
    );
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
  const own = found.filter((one) => isOfMachine(one, machine) || ids.some((id) => isSame(id, one.id)));
  return order.flatMap(([type, kind]) =>
    own.flatMap(({ id, type: of }) => (id !== undefined && isSame(of, type) ? [{ kind, type, id }] : [])),
  );
}

/** Deletes one thing; one that is gone is a success. */
export async function deleteThing(arm: Arm, type: string, id: string): Promise<void> {
  const named = partsOf(id);
  if (!named) return;
  const { group, name } = named;
  try {
    await arm.call(`${type}/delete`, ({ compute, network }): PromiseLike<unknown> => {
      if (isSame(type, types.nic)) return network.networkInterfaces.beginDeleteAndWait(group, name);
      if (isSame(type, types.address)) return network.publicIPAddresses.beginDeleteAndWait(group, name);
      if (isSame(type, types.securityGroup)) return network.networkSecurityGroups.beginDeleteAndWait(group, name);
      if (isSame(type, types.network)) return network.virtualNetworks.beginDeleteAndWait(group, name);
      if (isSame(type, types.availabilitySet)) return compute.availabilitySets.delete(group, name);
      if (isSame(type, types.vm)) return compute.virtualMachines.delete(group, name, { forceDeletion: true });
      return compute.disks.delete(group, name);
    });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
