import { randomUUID } from 'node:crypto';

import { ArmError, badReference } from '../../front/errors.js';
import { versions } from '../../front/kinds.js';
import { list, put, same, text, type Json } from '../../world/json.js';
import type { Stored, Subscription } from '../../world/world.js';
import { trackedKind, type Draft, type Link, type Tracked } from '../tracked.js';
import { readIp, readRange, writeIp } from './cidr.js';
import { checkNetworkName } from './names.js';
import { inSubnet, subnetNamed, types, withAddress, withInterface } from './used.js';

/** Network interfaces. */
const interfaces: Tracked = {
  type: types.nic,
  versions: versions.network,
  checkName: checkNetworkName,
  exclusive: true,
  etags: true,
  links(body) {
    const joined = (id: string | undefined, type: string): Link[] => (id === undefined ? [] : [{ id, action: `${type}/join/action` }]);
    return [
      ...joined(text(body, 'properties.networkSecurityGroup.id'), types.group),
      ...list(body, 'properties.ipConfigurations').flatMap((each) => [
        ...joined(text(each, 'properties.subnet.id'), types.subnet),
        ...joined(text(each, 'properties.publicIPAddress.id'), types.address),
      ]),
    ];
  },
  prepare(draft) {
    const { body, hidden, arrived, id } = draft;
    hidden['guid'] ??= randomUUID();
    hidden['mac'] ??= `00-0D-3A-${randomUUID()
      .slice(0, 6)
      .toUpperCase()
      .replace(/(..)(..)(..)/, '$1-$2-$3')}`;
    mustExist(arrived.subscription, text(body, 'properties.networkSecurityGroup.id'), body, id);
    const configurations = list(body, 'properties.ipConfigurations');
    if (configurations.length === 0) {
      throw new ArmError(
        400,
        'NetworkInterfaceMustHaveAtLeastOneIpConfiguration',
        `Network interface ${id} must have at least one IP configuration.`,
      );
    }
    put(
      body,
      'properties.ipConfigurations',
      configurations.map((each, i) => prepareConfiguration(each, i, draft)),
    );
  },
  removable({ id }, subscription) {
    const machine = withInterface(subscription, id);
    if (machine) throw nicInUse(id, machine.id, true);
    const reserved = subscription.reserved.get(id.toLowerCase());
    if (reserved === undefined || reserved.left <= 0) return;
    reserved.left -= 1;
    throw nicReserved(reserved.machine);
  },
  show(shown, stored, subscription) {
    put(shown, 'properties.resourceGuid', stored.hidden['guid']);
    const machine = withInterface(subscription, stored.id);
    if (machine) {
      put(shown, 'properties.virtualMachine', { id: machine.id });
      put(shown, 'properties.macAddress', stored.hidden['mac']);
    }
    put(shown, 'properties.nicType', 'Standard');
    for (const each of list(shown, 'properties.ipConfigurations')) {
      Object.assign(each, { id: `${stored.id}/ipConfigurations/${text(each, 'name') ?? ''}`, etag: stored.etag });
    }
  },
};

export function nicInUse(nic: string, machine: string, deleting: boolean): ArmError {
  const rest = deleting
    ? ' In order to delete the network interface, it must be dissociated from the resource. To learn more, see aka.ms/deletenic.'
    : '';
  return new ArmError(400, 'NicInUse', `Network Interface ${nic} is used by existing resource ${machine}.${rest}`);
}

export function nicReserved(machine: string): ArmError {
  return new ArmError(
    400,
    'NicReservedForAnotherVm',
    'Nic(s) in request is reserved for another Virtual Machine for 180 seconds. Please provide another nic(s) or retry after 180 seconds. ' +
      `Reserved VM: ${machine}`,
  );
}

/** What is named is there, and in the same location. */
function mustExist(subscription: Subscription, named: string | undefined, body: Json, by: string): Stored | undefined {
  if (named === undefined) return undefined;
  const found = subscription.get(named);
  if (found === undefined || text(found.body, 'location') !== text(body, 'location')) throw badReference(named, by);
  return found;
}

function prepareConfiguration(given: Json, i: number, draft: Draft): Json {
  const { arrived, body, id } = draft;
  const { subscription } = arrived;
  const { id: _id, etag: _etag, type: _type, ...configuration } = given;
  const name = text(configuration, 'name') ?? '';
  checkNetworkName(name);
  const own = `${id}/ipConfigurations/${name}`;
  const subnetId = text(configuration, 'properties.subnet.id');
  const found = subnetId === undefined ? undefined : subnetNamed(subscription, subnetId);
  if (subnetId === undefined || found === undefined) throw badReference(subnetId ?? '(no subnet)', id);
  mustExist(subscription, found.network.id, body, id);
  joinAddress(configuration, own, draft);
  const sixth = text(configuration, 'properties.privateIPAddressVersion') === 'IPv6';
  put(configuration, 'properties.privateIPAddressVersion', sixth ? 'IPv6' : 'IPv4');
  if (!sixth) put(configuration, 'properties.privateIPAddress', privateAddress(configuration, subnetId, found.subnet, own, draft));
  put(configuration, 'properties.privateIPAllocationMethod', text(configuration, 'properties.privateIPAllocationMethod') ?? 'Dynamic');
  put(configuration, 'properties.primary', i === 0);
  put(configuration, 'properties.provisioningState', 'Succeeded');
  put(configuration, 'properties.subnet', { id: subnetId });
  return configuration;
}

function joinAddress(configuration: Json, own: string, { arrived, body, id }: Draft): void {
  const addressId = text(configuration, 'properties.publicIPAddress.id');
  const address = mustExist(arrived.subscription, addressId, body, id);
  if (address === undefined) return;
  const user = withAddress(arrived.subscription, address.id);
  if (user && !same(user.id, own)) {
    const message = `Resource ${own} is referencing public IP address ${address.id} that is already allocated to resource ${user.id}.`;
    throw new ArmError(400, 'PublicIPAddressInUse', message);
  }
  const deleteOption = text(configuration, 'properties.publicIPAddress.properties.deleteOption');
  const kept = { id: address.id, ...(deleteOption === undefined ? {} : { properties: { deleteOption } }) };
  put(configuration, 'properties.publicIPAddress', kept);
}

/** The one that was asked for, the one it had, or the next one that is free; Azure keeps the first four and the last of a subnet. */
function privateAddress(configuration: Json, subnetId: string, subnet: Json, own: string, { arrived, before }: Draft): string {
  const prefix =
    text(subnet, 'properties.addressPrefix') ?? ((subnet['properties'] as Json)['addressPrefixes'] as string[] | undefined)?.[0] ?? '';
  const range = readRange(prefix);
  if (range === undefined) throw new ArmError(400, 'SubnetHasNoIPv4', `Subnet ${subnetId} has no IPv4 addresses.`);
  const taken = new Map(inSubnet(arrived.subscription, subnetId).map((each) => [text(each.body, 'properties.privateIPAddress'), each.id]));
  const wanted = text(configuration, 'properties.privateIPAddress');
  if (text(configuration, 'properties.privateIPAllocationMethod') === 'Static' && wanted !== undefined) {
    const at = readIp(wanted);
    if (at === undefined || at < range.first || at > range.last) {
      const message = `Private static IP address ${wanted} does not belong to the range of subnet prefix ${prefix}.`;
      throw new ArmError(400, 'PrivateIPAddressNotInSubnet', message);
    }
    if (at < range.first + 4 || at === range.last) {
      const message = `Private static IP address ${wanted} falls within reserved IP range of subnet prefix ${prefix}.`;
      throw new ArmError(400, 'PrivateIPAddressInReservedRange', message);
    }
    const user = taken.get(wanted);
    if (user !== undefined && !same(user, own)) {
      const message = `IP configuration ${own} is using the private IP address ${wanted} which is already allocated to resource ${user}.`;
      throw new ArmError(400, 'PrivateIPAddressInUse', message);
    }
    return wanted;
  }
  const had = list(before?.body, 'properties.ipConfigurations').find((each) => text(each, 'name') === text(configuration, 'name'));
  const kept = text(had, 'properties.privateIPAddress');
  if (kept !== undefined && same(text(had, 'properties.subnet.id'), subnetId)) return kept;
  for (let at = range.first + 4; at < range.last; at++) if (!taken.has(writeIp(at))) return writeIp(at);
  throw new ArmError(
    400,
    'SubnetIsFull',
    `Subnet ${subnetId.split('/').at(-1) ?? ''} with address prefix ${prefix} does not have enough capacity for 1 IP addresses.`,
  );
}

export const interfaceKind = trackedKind(interfaces);
