import type { AccountContext, DriverData, OpenPortsRequest } from '../../../src/driver/contract.js';
import { networkOf as cidrOf } from '../../../src/base/network/ip-network.js';
import { together } from '../../../src/driver/kit/cloud/call/together.js';
import type { Gce } from '../api.js';
import type { Waiting } from '../call/operations.js';
import { readConfig, type Config } from '../config.js';
import { ownerFrom } from '../labels.js';
import { listRules, settle } from './firewall.js';
import { prefixOf, swarmMarks, swarmRules } from './rules.js';
import { networkOf, pathOf, whereOf } from './where.js';

interface Member {
  readonly name: string;
  readonly config: Config;
}

/** Members whose networks are one. */
interface Place {
  readonly project: string;
  readonly network: string;
  readonly members: readonly Member[];
}

/**
 * Lets the members of a swarm reach each other: see `Driver.openPorts`. In each network the swarm has rules of its own, by the tag of this
 * store's machines: within a network for internal addresses, and for the addresses of members elsewhere. A network where the firewall is
 * not ours to change is left alone: a warning names what to open.
 */
export async function openPorts(
  members: ReadonlyMap<string, DriverData>,
  ctx: AccountContext,
  request: OpenPortsRequest,
  waiting: Waiting,
): Promise<void> {
  const all = [...members].map(([name, data]): Member => ({ name, config: readConfig(data) }));
  const fixed = all.filter(({ config }) => config.own.firewallReadonly || config.useExisting);
  const store = await ctx.storeId();
  const places = await placesOf(
    all.filter((member) => !fixed.includes(member)),
    waiting.gce,
  );
  await together(
    places.map(({ project, network, members: near }) =>
      ctx.lock(`google-${prefixOf({ store, network })}`, async () => {
        const peers = peersOf(near, all, request, ctx);
        const wanted = swarmRules(request.swarm, { store, network }, { rules: request.rules, peers });
        const there = await swarmsRules(waiting.gce, { project, network, store, swarm: request.swarm });
        await settle(wanted, there, { project, store }, waiting);
      }),
    ),
  );
  warnOfOthers(fixed, request, ctx);
}

async function placesOf(members: readonly Member[], gce: Gce): Promise<readonly Place[]> {
  const places = new Map<string, Place>();
  for (const member of members) {
    const { project, network } = await firewallOf(member.config, gce);
    const known = places.get(network)?.members ?? [];
    places.set(network, { project, network, members: [...known, member] });
  }
  return [...places.values()];
}

/** A network that is known needs no call. */
async function firewallOf(config: Config, gce: Gce): Promise<{ readonly project: string; readonly network: string }> {
  if (config.subnetwork !== '' && config.own.network === '') return whereOf(config, gce);
  const network = networkOf(config);
  return { network, project: /^projects\/([^/]+)/.exec(network)?.[1] ?? config.project };
}

/** Addresses of members that are not in this network. A swarm of several places uses external addresses, also within one of them. */
function peersOf(near: readonly Member[], all: readonly Member[], { peers, swarm }: OpenPortsRequest, ctx: AccountContext): string[] {
  const isSpread = peers.length > 0 || near.length < all.length;
  const addresses = [
    ...(isSpread ? all.map(({ config }) => config.ip) : []),
    ...all.filter((member) => !near.includes(member)).map(({ config }) => config.own.internalIp),
    ...peers,
  ].filter((address) => address !== '');
  const named = addresses.filter((address) => cidrOf(address) === undefined);
  if (named.length > 0)
    ctx.io.warn(`Google opens ports to addresses alone: ${named.join(', ')} will not reach the members of ${swarm} there`);
  return [...new Set(addresses.flatMap((address) => cidrOf(address) ?? []))];
}

interface Asked {
  readonly project: string;
  readonly network: string;
  readonly store: string;
  readonly swarm: string;
}

async function swarmsRules(gce: Gce, { project, network, store, swarm }: Asked) {
  const { suffix, what } = swarmMarks(swarm);
  const names = ['s', '4', '6'].map((kind) => `(name = "${prefixOf({ store, network })}-${suffix}${kind}")`);
  const rules = await listRules(gce, project, names.join(' OR '));
  return rules.filter(
    ({ description = '', network: of = '' }) =>
      ownerFrom(description)?.store === store && description.includes(`${what};`) && pathOf(of) === network,
  );
}

function warnOfOthers(members: readonly Member[], { swarm, rules }: OpenPortsRequest, { io }: AccountContext): void {
  if (members.length === 0 || rules.length === 0) return;
  const ports = rules.map(({ protocol, port }) => (port === undefined ? 'ESP' : `${port}/${protocol}`)).join(', ');
  const networks = [...new Set(members.map(({ config }) => config.network))].join(', ');
  io.warn(
    `${members.map(({ name }) => name).join(', ')}: tsmachine does not change the firewall rules of the network ${networks}; ` +
      `the members of the swarm ${swarm} need these ports of each other: ${ports}`,
  );
}
