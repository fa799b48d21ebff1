import type { Finding } from '../../../base/finding.js';
import { firstSubnet, formatNetwork, overlap, parseNetwork, type Network } from '../../../base/cidr.js';
import { list, subject } from './duplicates.js';
import type { Member } from './facts.js';
import type { Route } from './routes.js';
import type { CheckSettings } from './settings.js';

/** Engines take the subnets of a pool in turn, the ingress network's first: of so many, some will be used. */
const surely = 256;
const perhaps = 4096;

/** Address pools whose networks the hosts already reach some other way: containers there could not talk to what is behind those routes. */
export function poolFindings(
  members: readonly Member[],
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
    if (!found || found.index >= perhaps) return [];
    const { text, index } = found;
    const which = index === 0 ? 'the ingress network' : `network ${index + 1} of the swarm`;
    const via = route.device === '' ? '' : ` (${route.device})`;
    return [
      {
        check: 'address-pool',
        ...subject(names),
        level: index < surely ? 'fault' : 'warning',
        message: `The pool ${text} overlaps the route of ${list(names)} to ${formatNetwork(route)}${via}: ${which} would get its addresses`,
        ...fix(free, fixed),
      },
    ];
  });
}

function fix(free: string | undefined, fixed: boolean): Pick<Finding, 'fix'> {
  if (free === undefined) return {};
  return fixed
    ? {
        fix: `docker network create -d overlay --subnet ${free.replace(/\/\d+$/, '/24')} NAME for each network (a swarm's pool cannot be changed)`,
      }
    : { fix: `Give the swarm another pool when it is made: --default-addr-pool ${free} (it cannot be changed later)` };
}

/** The first of some private ranges that no route of any host goes to. */
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
