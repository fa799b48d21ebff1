import { networkOf } from '../../../src/base/network/ip-network.js';
import type { AccountContext, DriverData, OpenPortsRequest, PortRule } from '../../../src/driver/contract.js';
import type { Ec2 } from '../api.js';
import { readConfig, type Config } from '../config.js';
import { authorize } from './authorize.js';
import { groupsWith, isOurs } from './find.js';
import { keyOf, missing, permissionOf, rulesOf, unique, type Group, type GroupRule } from './rules.js';
import { swarmDescription, swarmsOf } from './swarm-marks.js';

/** A member with the groups of its machine. */
interface Member {
  readonly name: string;
  readonly config: Config;
  readonly groups: readonly Group[];
}

/**
 * Lets the members of a swarm reach each other: see `Driver.openPorts`. Each group of this store gets the whole set of rules, marked with
 * the swarm's name; what is marked and no longer wanted goes. A group that is not this store's is never changed: a warning names what to
 * open.
 * @param open EC2 for a member; all are of one account and region
 */
export async function openPorts(
  members: ReadonlyMap<string, DriverData>,
  ctx: AccountContext,
  request: OpenPortsRequest,
  open: (data: DriverData) => Ec2,
): Promise<void> {
  const [first] = members.values();
  if (first === undefined) return;
  const ec2 = open(first);
  const configs = [...members].map(([name, data]) => ({ name, config: readConfig(data) }));
  const ids = [...new Set(configs.flatMap(({ config }) => config.securityGroupIds))];
  const [store, all] = await Promise.all([ctx.storeId(), groupsWith(ec2, ids)]);
  const known = configs.map(({ name, config }): Member => {
    const groups = all.filter(({ GroupId: id = '' }) => config.securityGroupIds.includes(id));
    return { name, config, groups };
  });
  for (const group of all.filter((one) => isOurs(one, store))) {
    const wanted = request.rules.length === 0 ? [] : rulesFor(group, known, request, ctx);
    await ctx.lock(`amazonec2-${group.GroupId ?? ''}`, () => reconcile(ec2, ctx, { group, swarm: request.swarm, wanted }));
  }
  warnOfOthers(
    known.filter(({ groups, config }) => config.securityGroupReadOnly || !groups.some((group) => isOurs(group, store))),
    request,
    ctx,
  );
}

/** What a group needs for this swarm. Pure but for a warning. */
function rulesFor(group: Group, members: readonly Member[], { swarm, peers, rules }: OpenPortsRequest, ctx: AccountContext): GroupRule[] {
  const { GroupId: id = '', VpcId: vpc } = group;
  const isNear = ({ groups }: Member) => groups.some(({ VpcId: of }) => of === vpc);
  const near = members.filter(isNear).flatMap(({ groups }) => groups.flatMap(({ GroupId: of }) => (of === undefined ? [] : [of])));
  // a swarm of several places uses public addresses, and a reference to a group is to private ones alone
  const isSpread = peers.length > 0 || !members.every(isNear);
  const addresses = [
    ...members.flatMap(({ config }) => (isSpread ? [config.publicIp] : [])),
    ...members.filter((member) => !isNear(member)).map(({ config }) => config.privateIp),
    ...peers,
  ].filter((address) => address !== '');
  const named = addresses.filter((address) => networkOf(address) === undefined);
  if (named.length > 0) ctx.io.warn(`EC2 opens ports to addresses alone: ${named.join(', ')} will not reach the members of ${swarm} there`);
  const networks = addresses.flatMap((address) => networkOf(address) ?? []);
  const description = swarmDescription([swarm]);
  return unique([...new Set([id, ...near, ...networks])].flatMap((source) => rules.map((rule) => ruleOf(rule, source, description))));
}

/** Protocol 50 is ESP, which carries encrypted overlay networks. */
function ruleOf({ protocol, port }: PortRule, source: string, description: string): GroupRule {
  if (protocol === 'esp' || port === undefined) return { protocol: protocol === 'esp' ? '50' : protocol, source, description };
  return { protocol, ports: { from: port, to: port }, source, description };
}

interface Reconciling {
  readonly group: Group;
  readonly swarm: string;
  readonly wanted: readonly GroupRule[];
}

/** Adds what is missing, and takes away what is marked and no longer wanted. A rule that several swarms need bears all their names. */
async function reconcile(ec2: Ec2, ctx: AccountContext, { group: seen, swarm, wanted }: Reconciling): Promise<void> {
  const id = seen.GroupId ?? '';
  const [group = seen] = await groupsWith(ec2, [id]); // another run may have changed it before the lock was ours
  const there = rulesOf(group);
  const needed = new Set(wanted.map(keyOf));
  const renamed = there.flatMap((rule): GroupRule[] => {
    const swarms = swarmsOf(rule.description);
    const has = swarms.includes(swarm);
    if (swarms.length === 0 || has === needed.has(keyOf(rule))) return [];
    const now = has ? swarms.filter((name) => name !== swarm) : [...swarms, swarm];
    return [{ ...rule, description: swarmDescription(now) }];
  });
  const unneeded = renamed.filter(({ description }) => swarmsOf(description).length === 0);
  const shared = renamed.filter(({ description }) => swarmsOf(description).length > 0);
  await authorize(ec2, ctx, { id }, missing(wanted, there));
  if (shared.length > 0)
    await ec2.call('UpdateSecurityGroupRuleDescriptionsIngress', { GroupId: id, IpPermissions: shared.map(permissionOf) });
  if (unneeded.length > 0) {
    const rules = unneeded.map(({ description: _, ...rule }) => permissionOf(rule));
    await ec2.call('RevokeSecurityGroupIngress', { GroupId: id, IpPermissions: rules });
  }
}

function warnOfOthers(members: readonly Member[], { swarm, rules }: OpenPortsRequest, { io }: AccountContext): void {
  if (members.length === 0 || rules.length === 0) return;
  const groups = new Set(members.flatMap(({ groups: all }) => all.map(({ GroupId: id = '', GroupName: name = '' }) => `${name} (${id})`)));
  const ports = rules.map(({ protocol, port }) => (port === undefined ? 'ESP (protocol 50)' : `${port}/${protocol}`)).join(', ');
  const whose = groups.size === 0 ? 'a security group' : `the security group ${[...groups].join(', ')}`;
  io.warn(
    `${members.map(({ name }) => name).join(', ')}: tsmachine does not change ${whose}; ` +
      `the members of the swarm ${swarm} need these ports of each other: ${ports}`,
  );
}
