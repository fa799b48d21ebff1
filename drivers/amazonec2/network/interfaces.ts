import type { Address } from '../../../src/driver/contract.js';
import type { Input, Output } from '../api.js';
import type { Config } from '../config.js';

type Wanted = NonNullable<Input<'RunInstances'>['NetworkInterfaces']>[number];
type Reservation = NonNullable<Output<'DescribeInstances'>['Reservations']>[number];
export type Instance = NonNullable<Reservation['Instances']>[number];

/** Where the interfaces of an instance are. */
export interface Placing {
  readonly subnetId: string;
  readonly groups: readonly string[];
}

/**
 * The network interfaces of RunInstances, all tagged by its TagSpecifications of `network-interface`. EC2 gives a public address to an
 * instance with one interface alone; an Elastic IP takes the place of one. Pure.
 */
export function interfacesOf(config: Config, { subnetId, groups }: Placing): Wanted[] {
  const { ipv6Count, primaryIpv6, own } = config;
  const first: Wanted = {
    ...interfaceIn(subnetId, 0, groups),
    ...(ipv6Count > 0 ? { Ipv6AddressCount: ipv6Count } : {}),
    ...(primaryIpv6 ? { PrimaryIpv6: true } : {}),
  };
  const more = own.extraSubnetIds.map((subnet, i) => interfaceIn(subnet, i + 1, groups));
  return more.length > 0 ? [first, ...more] : [{ ...first, AssociatePublicIpAddress: hasPublicIpv4(config) && own.elasticIp === '' }];
}

/** Whether the machine is to have a public IPv4 address, which costs money. Pure. */
export function hasPublicIpv4({ privateOnly, reachedByIpv6 }: Pick<Config, 'privateOnly' | 'reachedByIpv6'>): boolean {
  return !privateOnly && !reachedByIpv6;
}

function interfaceIn(subnet: string, index: number, groups: readonly string[]): Wanted {
  return { DeviceIndex: index, SubnetId: subnet, Groups: [...groups], DeleteOnTermination: true };
}

/** Every address of an instance, the one by which this machine is to be reached first. Pure. */
export function addressesOf(instance: Instance, config: Pick<Config, 'reachedPrivately' | 'reachedByIpv6'>): Address[] {
  const interfaces = [...(instance.NetworkInterfaces ?? [])].sort((one, other) => indexOf(one) - indexOf(other));
  const v4 = at('public', [instance.PublicIpAddress, ...interfaces.map(({ Association: given }) => given?.PublicIp)]);
  const v6 = at('public', [
    instance.Ipv6Address,
    ...interfaces.flatMap(({ Ipv6Addresses: all = [] }) => [...all].sort(primaryFirst).map(({ Ipv6Address: ip }) => ip)),
  ]);
  const inside = at('private', [instance.PrivateIpAddress, ...interfaces.map(({ PrivateIpAddress: ip }) => ip)]);
  if (config.reachedByIpv6) return [...v6, ...v4, ...inside];
  return config.reachedPrivately ? [...inside, ...v4, ...v6] : [...v4, ...v6, ...inside];
}

type Found = NonNullable<Instance['NetworkInterfaces']>[number];
type Found6 = NonNullable<Found['Ipv6Addresses']>[number];

function indexOf({ Attachment: attachment }: Found): number {
  return attachment?.DeviceIndex ?? 0;
}

function primaryFirst(one: Found6, other: Found6): number {
  return Number(other.IsPrimaryIpv6 === true) - Number(one.IsPrimaryIpv6 === true);
}

function at(scope: Address['scope'], ips: readonly (string | undefined)[]): Address[] {
  return [...new Set(ips)].flatMap((ip) => (ip === undefined || ip === '' ? [] : [{ ip, scope }]));
}
