import { networkOf } from '../../../src/base/network/ip-network.js';
import type { AccountContext, DriverData, OpenPortsRequest } from '../../../src/driver/contract.js';
import type { Arm, SecurityGroup } from '../api.js';
import { readConfig, type Config } from '../config.js';
import { partsOf } from '../naming/names.js';
import { isOfStore } from '../naming/tags.js';
import { lockOf, putRules, readSecurityGroup } from './groups.js';
import { replaced, rulesOf, type Rule } from './rules.js';

interface Member {
  readonly name: string;
  readonly config: Config;
}

/**
 * Lets the members of a swarm reach each other: see `Driver.openPorts`. Each group of this store gets the whole set of rules, named after
 * the swarm; what is named so and no longer wanted goes. A group that is not this store's is never changed: a warning names what to open.
 * @param open Azure for a member; all are of one subscription
 */
export async function openPorts(
  members: ReadonlyMap<string, DriverData>,
  ctx: AccountContext,
  request: OpenPortsRequest,
  open: (data: DriverData) => Arm,
): Promise<void> {
  const [first] = members.values();
  if (first === undefined) return;
  const arm = open(first);
  const store = await ctx.storeId();
  const all = [...members].map(([name, data]): Member => ({ name, config: readConfig(data) }));
  const byGroup = new Map<string, Member[]>();
  for (const member of all) {
    const id = member.config.own.groupId.toLowerCase();
    byGroup.set(id, [...(byGroup.get(id) ?? []), member]);
  }
  for (const [id, own] of byGroup) {
    await ctx.lock(lockOf(id), async () => {
      const named = partsOf(own[0]?.config.own.groupId ?? '');
      const group = named && (await readSecurityGroup(arm, named));
      if (!named || !group || !isOfStore(group, store)) return warnOfOther(own, group, request, ctx);
      const wanted = request.rules.length === 0 ? [] : rulesFor(own, all, request, ctx);
      const rules = replaced(
        rulesOf(group),
        wanted,
        ({ name = '' }) => name.startsWith(`${markOf(request.swarm)}-`) && isOne(name, request.swarm),
      );
      if (rules) await putRules(arm, { ...named, location: group.location ?? '', tags: group.tags ?? {} }, rules);
    });
  }
}

const markOf = (swarm: string) => `swarm-${swarm}`;

/** Names of swarms may begin alike: what follows is a protocol. */
const isOne = (name: string, swarm: string) => /^-(tcp|udp|esp)-(\d+|any)(-v6)?$/.test(name.slice(markOf(swarm).length));

/** What a group needs for this swarm: Azure knows members by their addresses. Pure but for a warning. */
function rulesFor(
  own: readonly Member[],
  members: readonly Member[],
  { swarm, peers, rules }: OpenPortsRequest,
  ctx: AccountContext,
): Rule[] {
  const network = own[0]?.config.own.subnetId.toLowerCase();
  const isSpread = peers.length > 0 || members.some(({ config }) => config.own.subnetId.toLowerCase() !== network);
  const addresses = [
    ...members.map(({ config }) => config.own.privateIp),
    ...(isSpread ? members.flatMap(({ config }) => (config.reachedPrivately ? [] : [config.publicIp])) : []),
    ...peers,
  ].filter((address) => address !== '');
  const named = addresses.filter((address) => networkOf(address) === undefined);
  if (named.length > 0)
    ctx.io.warn(`Azure opens ports to addresses alone: ${named.join(', ')} will not reach the members of ${swarm} there`);
  const networks = [...new Set(addresses.flatMap((address) => networkOf(address) ?? []))].sort();
  const families = [
    { suffix: '', sources: networks.filter((one) => !one.includes(':')) },
    { suffix: '-v6', sources: networks.filter((one) => one.includes(':')) },
  ];
  const protocols = { tcp: 'Tcp', udp: 'Udp', esp: 'Esp' } as const;
  return rules.flatMap(({ protocol, port }) =>
    families.flatMap(({ suffix, sources }): Rule[] =>
      sources.length === 0
        ? []
        : [
            {
              name: `${markOf(swarm)}-${protocol}-${port ?? 'any'}${suffix}`,
              protocol: protocols[protocol],
              port: port === undefined ? '*' : String(port),
              sources,
              description: `for the swarm ${swarm}`,
            },
          ],
    ),
  );
}

function warnOfOther(
  members: readonly Member[],
  group: SecurityGroup | undefined,
  { swarm, rules }: OpenPortsRequest,
  { io }: AccountContext,
): void {
  if (rules.length === 0) return;
  const ports = rules.map(({ protocol, port }) => (port === undefined ? 'ESP (protocol 50)' : `${port}/${protocol}`)).join(', ');
  const whose = group ? `the security group ${group.name ?? ''}` : 'a security group';
  io.warn(
    `${members.map(({ name }) => name).join(', ')}: tsmachine does not change ${whose}; ` +
      `the members of the swarm ${swarm} need these ports of each other: ${ports}`,
  );
}
