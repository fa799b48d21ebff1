import type { Node } from '../../engine/nodes.js';
import { hasQuorum, inNumbers, managersAmong, withoutOne } from '../../model/quorum.js';
import { TsmachineError } from '../../../base/errors.js';
import type { Swarm } from '../../reach/swarm.js';

/** The nodes as their managers list them, but for managers whose engine does not answer us: the others notice a loss seconds later. */
export function nodesAsSeen(swarm: Pick<Swarm, 'nodes' | 'members' | 'machineOf'>): Node[] {
  return swarm.nodes.map((node) => {
    const member = swarm.members.get(swarm.machineOf(node) ?? '');
    return member && !member.engine && node.reachability !== undefined ? { ...node, reachability: 'unreachable' } : node;
  });
}

/**
 * What the nodes of a swarm allow one of them: `last` is the only one there is, and takes the swarm with it.
 * @param name the machine, as it stands in errors
 * @throws TsmachineError SWARM_QUORUM with the numbers, when the managers that stay could not decide anything
 */
export function checkDeparture(swarm: string, name: string, node: Node, nodes: readonly Node[]): 'one' | 'last' {
  if (node.role === 'worker') return 'one';
  const managers = managersAmong(nodes);
  if (managers.total > 1) {
    const after = withoutOne(managers, node.reachability === 'reachable');
    if (hasQuorum(after)) return 'one';
    throw new TsmachineError(
      'SWARM_QUORUM',
      `Swarm "${swarm}" would lose its quorum without ${name}: ${inNumbers(after)} (now ${inNumbers(managers)})`,
      {
        hint: unreachable(nodes, node),
      },
    );
  }
  // entries of nodes that are down have nobody behind them who would miss the swarm
  const others = nodes.filter(({ id, state }) => id !== node.id && state !== 'down');
  if (others.length === 0) return 'last';
  const who = `${others.length} other node${others.length === 1 ? '' : 's'} (${others.map(({ hostname }) => hostname).join(', ')})`;
  throw new TsmachineError('SWARM_QUORUM', `${name} is the last manager of swarm "${swarm}", and ${who} would have none`, {
    hint: `Make another one a manager first: tsmachine swarm promote MACHINE. To end the whole swarm: tsmachine swarm down ${swarm}`,
  });
}

function unreachable(nodes: readonly Node[], leaving: Node): string {
  const silent = nodes.filter(({ id, role, reachability }) => id !== leaving.id && role === 'manager' && reachability !== 'reachable');
  const names = silent.map(({ hostname }) => hostname).join(' ');
  return `Start ${names}, or take out what is lost for good first: tsmachine rm ${names}`;
}
