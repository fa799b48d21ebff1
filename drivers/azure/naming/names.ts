import type { Owner } from '../../../src/driver/contract.js';
import type { Config } from '../config.js';

/** Types of resources, as ids and roles name them. */
export const types = {
  vm: 'Microsoft.Compute/virtualMachines',
  disk: 'Microsoft.Compute/disks',
  availabilitySet: 'Microsoft.Compute/availabilitySets',
  proximityGroup: 'Microsoft.Compute/proximityPlacementGroups',
  nic: 'Microsoft.Network/networkInterfaces',
  address: 'Microsoft.Network/publicIPAddresses',
  securityGroup: 'Microsoft.Network/networkSecurityGroups',
  network: 'Microsoft.Network/virtualNetworks',
  group: 'Microsoft.Resources/resourceGroups',
} as const;

/** Words for people and for the ledger, by these types. */
export const kinds = {
  vm: 'Azure virtual machine',
  disk: 'Azure disk',
  availabilitySet: 'Azure availability set',
  nic: 'Azure network interface',
  address: 'Azure public address',
  securityGroup: 'Azure security group',
  network: 'Azure virtual network',
  group: 'Azure resource group',
} as const;

/** What is in an id. */
export interface Named {
  readonly subscription: string;
  readonly group: string;
  readonly type: string;
  readonly name: string;
}

export function idOf({ subscription, group, type, name }: Named): string {
  return `/subscriptions/${subscription}/resourceGroups/${group}/providers/${type}/${name}`;
}

/** Of a resource, or of what is below one: a subnet's is its network's. Undefined for anything else. */
export function partsOf(id: string): Named | undefined {
  const found = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/([^/]+\/[^/]+)\/([^/]+)/i.exec(id);
  const [, subscription = '', group = '', type = '', name = ''] = found ?? [];
  return found ? { subscription, group, type, name } : undefined;
}

/** Azure does not keep the case of ids. */
export const isSame = (one: string | undefined, other: string | undefined): boolean => one?.toLowerCase() === other?.toLowerCase();

const short = (id: string) => id.slice(0, 8);

/** The group that a store has when none is named. */
export const storeGroup = (store: string): string => `tsmachine-${store}`;

/** A store's own security group and network in a location, in whichever resource group. */
export const storeThing = (store: string, location: string): string => `tsmachine-${short(store)}-${location}`;

/** A machine's own things. In a group of others', their names are nobody else's. */
export function namesOf({ machineName }: Pick<Config, 'machineName'>, { machine }: Pick<Owner, 'machine'>) {
  const own = (what: string) => `${machineName}-${what}-${short(machine)}`;
  return { vm: machineName, nic: own('nic'), address: own('ip'), disk: own('os-disk') };
}
