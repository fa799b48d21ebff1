import { run, say } from '../../base/text.js';
import type { SwarmDeclaration } from '../model/declaration.js';
import { acrossNetworksHint, acrossNetworksText } from '../model/networks.js';
import { nodeOf, type PlanProblem, type SeenSwarm } from './seen.js';

/** What nobody has agreed to yet of a swarm that is spread over networks, and what keeps its members from reaching each other. */
export function networkProblems(seen: SeenSwarm, { name, settings, members }: SwarmDeclaration): PlanProblem[] {
  const { networks = [], acrossNetworks = false } = seen;
  if (networks.length === 0) return [];
  if (!acrossNetworks && settings.acrossNetworks !== true)
    return [{ code: 'SWARM_STATE', message: acrossNetworksText(name, networks), hint: acrossNetworksHint, blocks: true }];
  const inside = members.flatMap(({ machine, advertiseAddr }) => {
    const node = advertiseAddr === undefined ? nodeOf(seen, machine) : undefined;
    const publicAddresses = seen.machines.get(machine)?.publicAddresses ?? [];
    if (!node || publicAddresses.length === 0) return [];
    const address = node.managerAddress?.replace(/:\d+$/, '') ?? node.address;
    return publicAddresses.includes(address) ? [] : [{ machine, address }];
  });
  const [first] = inside;
  if (!first) return [];
  const list = inside.map(({ machine, address }) => `${machine} (${address})`).join(', ');
  return [
    {
      code: 'SWARM_STATE',
      message: `Members in other networks cannot reach ${list}: they are in the swarm with their private addresses`,
      hint: say`Have each of them made anew, one after the other: ${run('swarm', 'replace', first.machine)}`,
      blocks: true,
    },
  ];
}
