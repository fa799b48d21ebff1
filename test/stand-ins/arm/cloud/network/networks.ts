import { randomUUID } from 'node:crypto';

import { ArmError, badReference } from '../../front/errors.js';
import { versions } from '../../front/kinds.js';
import { list, put, text, texts, type Json } from '../../world/json.js';
import type { Stored, Subscription } from '../../world/world.js';
import { childKind } from '../child.js';
import { trackedKind, type Link, type Tracked } from '../tracked.js';
import { overlap, readRange, within } from './cidr.js';
import { checkNetworkName } from './names.js';
import { inSubnet, types } from './used.js';

/** Virtual networks with their subnets. */
const networks: Tracked = {
  type: types.network,
  versions: versions.network,
  checkName: checkNetworkName,
  exclusive: true,
  etags: true,
  links: (body) => list(body, 'properties.subnets').flatMap(linksOf),
  prepare({ body, hidden, id, before, arrived }) {
    hidden['guid'] ??= randomUUID();
    const prefixes = texts(body, 'properties.addressSpace.addressPrefixes');
    if (prefixes.length === 0)
      throw new ArmError(400, 'InvalidRequestFormat', 'Cannot parse the request: addressSpace.addressPrefixes is empty.');
    for (const prefix of prefixes) if (!prefix.includes(':') && readRange(prefix) === undefined) throw badPrefix(prefix);
    const subnets = list(body, 'properties.subnets').map(completed);
    for (const [i, subnet] of subnets.entries()) checkSubnet(subnet, id, prefixes, subnets.slice(0, i), arrived.subscription);
    for (const gone of list(before?.body, 'properties.subnets')) {
      const name = text(gone, 'name') ?? '';
      if (!subnets.some((each) => text(each, 'name')?.toLowerCase() === name.toLowerCase())) {
        mustBeUnused(`${id}/subnets/${name}`, name, arrived.subscription);
      }
    }
    put(body, 'properties.subnets', subnets);
  },
  removable({ id, body }, subscription) {
    for (const subnet of list(body, 'properties.subnets')) {
      const name = text(subnet, 'name') ?? '';
      mustBeUnused(`${id}/subnets/${name}`, name, subscription);
    }
  },
  show(shown, stored, subscription) {
    put(shown, 'properties.resourceGuid', stored.hidden['guid']);
    for (const subnet of list(shown, 'properties.subnets')) showSubnet(subnet, stored, subscription);
  },
};

function completed(subnet: Json): Json {
  const { id: _id, etag: _etag, type: _type, ...kept } = subnet;
  const properties = { ...(kept['properties'] as Json | undefined), provisioningState: 'Succeeded' } as Json;
  delete properties['ipConfigurations'];
  return { ...kept, properties };
}

function linksOf(subnet: Json): Link[] {
  const group = text(subnet, 'properties.networkSecurityGroup.id');
  return group === undefined ? [] : [{ id: group, action: `${types.group}/join/action` }];
}

function badPrefix(prefix: string): ArmError {
  const message = `Address prefix string for resource is malformed or has host bits set: ${prefix}. Value should be in CIDR notation.`;
  return new ArmError(400, 'InvalidCIDRNotation', message);
}

function checkSubnet(
  subnet: Json,
  network: string,
  prefixes: readonly string[],
  others: readonly Json[],
  subscription: Subscription,
): void {
  const name = text(subnet, 'name') ?? '';
  checkNetworkName(name);
  const networkName = network.split('/').at(-1) ?? '';
  const own = subnetPrefixes(subnet);
  if (own.length === 0)
    throw new ArmError(400, 'InvalidRequestFormat', `Cannot parse the request: subnet '${name}' has no address prefix.`);
  for (const prefix of own.filter((each) => !each.includes(':'))) {
    const range = readRange(prefix);
    if (range === undefined) throw badPrefix(prefix);
    const fits = prefixes.some((each) => {
      const outer = readRange(each);
      return outer !== undefined && within(range, outer);
    });
    if (!fits || range.last - range.first < 7) {
      throw new ArmError(400, 'NetcfgInvalidSubnet', `Subnet '${name}' is not valid in virtual network '${networkName}'.`);
    }
    for (const other of others.flatMap(subnetPrefixes)) {
      const taken = readRange(other);
      if (taken === undefined || !overlap(range, taken)) continue;
      const message = `Subnet '${name}' is not valid because its IP address range overlaps with that of an existing subnet in virtual network '${networkName}'.`;
      throw new ArmError(400, 'NetcfgSubnetRangesOverlap', message);
    }
  }
  const group = text(subnet, 'properties.networkSecurityGroup.id');
  if (group !== undefined && subscription.get(group) === undefined) throw badReference(group, `${network}/subnets/${name}`);
}

function subnetPrefixes(subnet: Json): string[] {
  const one = text(subnet, 'properties.addressPrefix');
  return [...(one === undefined ? [] : [one]), ...texts(subnet, 'properties.addressPrefixes')];
}

function mustBeUnused(id: string, name: string, subscription: Subscription): void {
  const [user] = inSubnet(subscription, id);
  if (user === undefined) return;
  throw new ArmError(
    400,
    'InUseSubnetCannotBeDeleted',
    `Subnet ${name} is in use by ${user.id} and cannot be deleted. In order to delete the subnet, delete all the resources within the ` +
      'subnet. See aka.ms/deletesubnet.',
  );
}

function showSubnet(subnet: Json, network: Stored, subscription: Subscription): void {
  const id = `${network.id}/subnets/${text(subnet, 'name') ?? ''}`;
  Object.assign(subnet, { id, etag: network.etag, type: types.subnet });
  const users = inSubnet(subscription, id);
  if (users.length > 0)
    put(
      subnet,
      'properties.ipConfigurations',
      users.map((user) => ({ id: user.id })),
    );
}

export const networkKind = trackedKind(networks);

export const subnetKind = childKind({
  type: types.subnet,
  parentType: types.network,
  versions: versions.network,
  list: 'properties.subnets',
  links: linksOf,
  prepare(subnet, parent, others, { subscription }) {
    const kept = completed(subnet);
    checkSubnet(kept, parent.id, texts(parent.body, 'properties.addressSpace.addressPrefixes'), others, subscription);
    return kept;
  },
  removable: mustBeUnused,
  show: showSubnet,
});
