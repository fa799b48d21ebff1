import { list, same, text } from '../world/json.js';
import type { Stored, Subscription, World } from '../world/world.js';
import { dropMachine } from './compute/parts.js';
import { inSubnet, types, withAddress, withInterface } from './network/used.js';

/** Somebody deletes it in the portal; nothing refuses, and what named it names nothing. */
export function deleteByHand(world: World, id: string): void {
  for (const subscription of world.subscriptions.values()) {
    const stored = subscription.get(id);
    if (stored === undefined) continue;
    if (stored.type === types.machine) dropMachine(world, subscription, stored);
    else {
      forget(subscription, stored);
      subscription.delete(id);
    }
    return;
  }
  throw new Error(`${id} is not there`);
}

/** Takes all tags from everything: what other programs made has none of ours. */
export function untagAll(world: World): void {
  for (const subscription of world.subscriptions.values()) for (const { body } of subscription.resources.values()) delete body['tags'];
}

function forget(subscription: Subscription, { id, type }: Stored): void {
  if (type !== types.address) return;
  const user = withAddress(subscription, id);
  if (user) delete (user.body['properties'] as Record<string, unknown>)['publicIPAddress'];
}

/** Ids of what is in a group and is used by something in another one. */
export function usedFromOutside(subscription: Subscription, group: Stored): string[] {
  const outside = (other: Stored | undefined) => other !== undefined && !same(other.group, group.name);
  return [...subscription.resources.values()]
    .filter((each) => same(each.group, group.name))
    .filter((each) => {
      if (each.type === types.nic) return outside(withInterface(subscription, each.id));
      if (each.type === types.address) return outside(withAddress(subscription, each.id)?.nic);
      if (each.type !== types.network) return false;
      const subnets = list(each.body, 'properties.subnets').map((subnet) => `${each.id}/subnets/${text(subnet, 'name') ?? ''}`);
      return subnets.some((subnet) => inSubnet(subscription, subnet).some(({ nic }) => outside(nic)));
    })
    .map(({ id }) => id);
}

/** A group with everything in it. */
export function removeAll(world: World, subscription: Subscription, group: Stored): void {
  for (const each of [...subscription.resources.values()]) {
    if (!same(each.group, group.name) || each === group) continue;
    if (each.type === types.machine) dropMachine(world, subscription, each);
    subscription.delete(each.id);
  }
  subscription.delete(group.id);
}
