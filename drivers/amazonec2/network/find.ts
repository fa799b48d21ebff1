import type { Ec2, Output } from '../api.js';
import { isNotFound } from '../errors.js';
import type { Group } from './rules.js';

/** A machine's group of ours is found by these again, whatever became of the ledger. */
const storeTag = 'tsmachine.store';

/** The group that the machines of a store share in one network. */
export function sharedGroupName(store: string): string {
  return `tsmachine-${store}`;
}

export function tagsOf(name: string, store: string) {
  return [
    { Key: 'Name', Value: name },
    { Key: storeTag, Value: store },
    { Key: 'tsmachine.creator', Value: 'tsmachine' },
  ];
}

/** Whether this store made it. Anything else is the user's, or another store's, and is never changed. */
export function isOurs({ Tags: tags = [] }: Pick<Group, 'Tags'>, store: string): boolean {
  return tags.some(({ Key: key, Value: value }) => key === storeTag && value === store);
}

/** The groups of a network with these names or ids. */
export async function groupsIn(ec2: Ec2, vpcId: string, wanted: readonly string[]): Promise<Group[]> {
  const names = wanted.filter((word) => !isGroupId(word));
  const [named, byId] = await Promise.all([
    names.length === 0
      ? []
      : groupsBy(ec2, [
          { Name: 'vpc-id', Values: [vpcId] },
          { Name: 'group-name', Values: names },
        ]),
    groupsWith(ec2, wanted.filter(isGroupId)),
  ]);
  return [...named, ...byId];
}

/** The groups with these ids; those that do not exist are left out. */
export async function groupsWith(ec2: Ec2, ids: readonly string[]): Promise<Group[]> {
  return ids.length === 0 ? [] : groupsBy(ec2, [{ Name: 'group-id', Values: [...ids] }]);
}

async function groupsBy(ec2: Ec2, filters: { Name: string; Values: string[] }[]): Promise<Group[]> {
  const groups: Group[] = [];
  let token: string | undefined;
  do {
    const page: Output<'DescribeSecurityGroups'> = await ec2.call('DescribeSecurityGroups', {
      Filters: filters,
      ...(token === undefined ? {} : { NextToken: token }),
    });
    groups.push(...(page.SecurityGroups ?? []));
    token = page.NextToken;
  } while (token !== undefined && token !== '');
  return groups;
}

/** EC2 takes no name that begins so. */
export function isGroupId(word: string): boolean {
  return word.startsWith('sg-');
}

/** The networks of a VPC, both families. Empty when it does not exist. */
export async function networksOf(ec2: Ec2, vpcId: string): Promise<string[]> {
  try {
    const { Vpcs: [vpc] = [] } = await ec2.recall('DescribeVpcs', { VpcIds: [vpcId] });
    const more = (vpc?.CidrBlockAssociationSet ?? []).map(({ CidrBlock }) => CidrBlock);
    const six = (vpc?.Ipv6CidrBlockAssociationSet ?? []).map(({ Ipv6CidrBlock }) => Ipv6CidrBlock);
    return [...new Set([vpc?.CidrBlock, ...more, ...six])].filter((block) => block !== undefined && block !== '') as string[];
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}
