import type { Finding } from '../../../base/findings.js';
import { firstSubnet, formatNetwork, overlap, parseNetwork, type Network } from '../../../base/network/cidr.js';
import { run } from '../../../base/text.js';
import { subnetFault } from '../../model/address-pool.js';
import { list, subject } from './duplicates.js';
import type { CheckedMember } from './facts.js';
import type { Route } from './routes.js';
import type { CheckSettings } from './settings.js';

/** Engines use the subnets of a pool in order, beginning with the ingress network: the first ones will be used, later ones may be. */
const likely = 256;
const possible = 4096;

/**
 * Address pools that overlap routes of the hosts: containers in them could not reach what is behind those routes.
 * @param fixed whether the swarm exists, so that its pools cannot be changed
 */
export function poolFindings(
  members: readonly CheckedMember[],
  { pools, subnetSize }: Pick<CheckSettings, 'pools' | 'subnetSize'>,
  fixed: boolean,
): Finding[] {
  const routes = members.flatMap(({ host }) => host?.routes ?? []);
  const free = freePool(routes);
  const groups = new Map<string, { route: Route; names: string[] }>();
  for (const { name, host } of members) {
    for (const route of host?.routes ?? []) {
      const key = `${formatNetwork(route)} ${route.device}`;
      const names = groups.get(key)?.names ?? [];
      groups.set(key, { route, names: names.includes(name) ? names : [...names, name] });
    }
  }
  return [...groups.values()].flatMap(({ route, names }): Finding[] => {
    const [found] = pools.flatMap((text) => {
      const pool = parseNetwork(text);
      return pool && overlap(pool, route) ? [{ text, index: firstSubnet(pool, subnetSize, route) }] : [];
    });
    if (!found || found.index >= possible) return [];
    const { text, index } = found;
    const which = index === 0 ? 'the ingress network' : `network ${index + 1} of the swarm`;
    const via = route.device === '' ? '' : ` (${route.device})`;
    const described = `the route of ${list(names)} to ${formatNetwork(route)}${via}`;
    return [
      {
        check: 'address-pool',
        ...subject(names),
        level: index < likely ? 'fault' : 'warning',
        message: `The pool ${text} overlaps ${described}: ${which} would use the same addresses`,
        ...fix(free, fixed),
      },
    ];
  });
}

function fix(free: string | undefined, fixed: boolean): Pick<Finding, 'fix'> {
  if (free === undefined) return {};
  return fixed
    ? {
        fix:
          `The pool of a swarm cannot be changed; for each network: ` +
          `docker network create -d overlay --subnet ${free.replace(/\/\d+$/, '/24')} NAME`,
      }
    : { fix: `Create the swarm with another pool: --default-addr-pool ${free} (it cannot be changed later)` };
}

/** Networks that a swarm which is there cannot give addresses to. Their tasks stay New, and no engine says why. */
export function allocationFindings(members: readonly CheckedMember[]): Finding[] {
  const { name, engine } = members.find((one) => one.engine?.swarmSettings) ?? {};
  if (name === undefined || !engine?.swarmSettings) return [];
  const { pools, subnetSize } = engine.swarmSettings;
  const wrong = subnetFault(pools, subnetSize);
  const fix = run('swarm', 'status', name);
  if (wrong !== undefined) return [{ check: 'address-pool', level: 'fault', message: wrong, fix }];
  const { bareNetworks: bare = [] } = engine;
  if (bare.length === 0) return [];
  return [
    { check: 'networks', level: 'fault', message: `The swarm has given no addresses to ${list(bare)}: their services cannot start`, fix },
  ];
}

/** The first of some private networks that overlaps no route of any host. */
export function freePool(routes: readonly Network[]): string | undefined {
  const blocks = [
    [10, 20],
    [10, 100],
    [10, 200],
    [172, 28],
    [192, 168],
  ] as const;
  const candidates = blocks.flatMap(([a, b]) => Array.from({ length: a === 10 ? 10 : 1 }, (_, i) => `${a}.${b + i}.0.0/16`));
  return candidates.find((text) => {
    const network = parseNetwork(text);
    return network && !routes.some((route) => overlap(network, route));
  });
}
