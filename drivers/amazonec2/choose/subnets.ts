import { TsmachineError } from '../../../src/base/errors.js';
import type { Ec2, Output } from '../api.js';
import type { Config } from '../config.js';
import { namingFlag } from './naming-flag.js';

/** A subnet in which an instance may be made. */
export interface Subnet {
  readonly id: string;
  readonly vpcId: string;
  /** Such as eu-central-1a. */
  readonly zone: string;
}

type Wish = Pick<Config, 'region' | 'vpcId'> & { readonly own: Pick<Config['own'], 'zones' | 'subnetIds'> };
type Described = NonNullable<Output<'DescribeSubnets'>['Subnets']>[number];

/**
 * Where instances may be made, in order of preference, all in one network: the subnets that were given, else one of each zone.
 * @throws TsmachineError FLAG_INVALID, FLAG_MISSING naming the flag
 */
export async function subnetsOf(wish: Wish, ec2: Ec2): Promise<readonly Subnet[]> {
  return wish.own.subnetIds.length > 0 ? given(wish, ec2) : found(wish, ec2);
}

async function given({ vpcId, own: { zones, subnetIds } }: Wish, ec2: Ec2): Promise<readonly Subnet[]> {
  const asked = ec2.recall('DescribeSubnets', { SubnetIds: [...subnetIds] });
  const { Subnets: described = [] } = await namingFlag('--amazonec2-subnet-id', asked);
  const subnets = subnetIds.flatMap((id) => described.filter(({ SubnetId }) => SubnetId === id).map(subnetOf));
  const vpc = vpcId || subnets[0]?.vpcId;
  for (const subnet of subnets) {
    const flag = `--amazonec2-subnet-id ${subnet.id}`;
    if (subnet.vpcId !== vpc)
      throw invalid(`${flag} belongs to ${subnet.vpcId}, not to ${vpc}${vpcId === '' ? ' as the first one' : ' (--amazonec2-vpc-id)'}`);
    if (zones.length > 0 && !zones.includes(subnet.zone))
      throw invalid(`${flag} is in ${subnet.zone}, not in ${zones.join(', ')} (--amazonec2-zone)`);
  }
  const empty = zones.find((zone) => subnets.every((subnet) => subnet.zone !== zone));
  if (empty !== undefined)
    throw invalid(`--amazonec2-zone ${empty}: none of the subnets is there, of ${subnetIds.join(', ')} (--amazonec2-subnet-id)`);
  return zones.length === 0 ? subnets : zones.flatMap((zone) => subnets.filter((subnet) => subnet.zone === zone));
}

async function found(wish: Wish, ec2: Ec2): Promise<readonly Subnet[]> {
  const { region, own } = wish;
  const vpc = wish.vpcId || (await defaultVpc(region, ec2));
  const asked = ec2.recall('DescribeSubnets', { Filters: [{ Name: 'vpc-id', Values: [vpc] }] });
  const { Subnets: described = [] } = await namingFlag(`--amazonec2-vpc-id ${vpc}`, asked);
  if (described.length === 0) throw invalid(`--amazonec2-vpc-id: there is no subnet in ${vpc}, or no such network in ${region}`);
  const usable = described.filter(({ AvailableIpAddressCount: free }) => free !== 0);
  if (usable.length === 0)
    throw invalid(`No subnet of ${vpc} has a free address: give another --amazonec2-vpc-id or --amazonec2-subnet-id`);
  const best = usable.sort((a, b) => rank(a) - rank(b) || (nameOf(a) < nameOf(b) ? -1 : 1)).map(subnetOf);
  const byZone = new Map(best.reverse().map((subnet) => [subnet.zone, subnet]));
  if (own.zones.length > 0) return own.zones.map((zone) => byZone.get(zone) ?? noSubnet(zone, vpc, [...byZone.keys()].sort()));
  const all = [...byZone.values()].sort((a, b) => (a.zone < b.zone ? -1 : 1));
  const usual = all.filter(({ zone }) => isUsual(zone, region));
  return usual.length > 0 ? usual : all;
}

/** Docker Machine preferred the subnets that Amazon made. */
function rank({ DefaultForAz: isDefault }: Described): number {
  return isDefault === true ? 0 : 1;
}

function nameOf({ SubnetId: id = '' }: Described): string {
  return id;
}

/** Local and Wavelength zones are taken only by name: they are dearer, and have few types. */
function isUsual(zone: string, region: string): boolean {
  return !zone.startsWith(region) || zone.length === region.length + 1;
}

async function defaultVpc(region: string, ec2: Ec2): Promise<string> {
  const { Vpcs: vpcs = [] } = await ec2.recall('DescribeVpcs', { Filters: [{ Name: 'is-default', Values: ['true'] }] });
  const id = vpcs[0]?.VpcId;
  if (id !== undefined) return id;
  throw new TsmachineError(
    'FLAG_MISSING',
    `The account has no default VPC in ${region}: amazonec2 needs --amazonec2-vpc-id or --amazonec2-subnet-id`,
    { hint: `Or let Amazon make one: aws ec2 create-default-vpc --region ${region}` },
  );
}

function noSubnet(zone: string, vpc: string, known: readonly string[]): never {
  throw invalid(`--amazonec2-zone ${zone}: ${vpc} has no subnet there. It has some in ${known.join(', ')}`);
}

/** What matters of a subnet. Pure. */
export function subnetOf({ SubnetId: id = '', VpcId: vpcId = '', AvailabilityZone: zone = '' }: Described): Subnet {
  return { id, vpcId, zone };
}

function invalid(text: string): TsmachineError {
  return new TsmachineError('FLAG_INVALID', text);
}
