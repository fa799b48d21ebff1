import type { Node } from '../../engine/nodes.js';
import { hasQuorum, inNumbers, managersAmong, withoutOne } from '../../model/quorum.js';
import { TsmachineError } from '../../../base/errors.js';
import { type Text, lines, run, say } from '../../../base/text.js';
import type { Swarm } from '../../reach/swarm.js';

/**
 * The nodes as the managers list them, by the names of their machines. A manager that does not answer us is unreachable: the others notice
 * a loss seconds later.
 */
export function nodesAsSeen(swarm: Pick<Swarm, 'nodes' | 'members' | 'machineOf'>): Node[] {
  return swarm.nodes.map((node) => {
    const machine = swarm.machineOf(node);
    const member = swarm.members.get(machine ?? '');
    const named = { ...node, hostname: machine ?? node.hostname };
    return member && !member.engine && node.reachability !== undefined ? { ...named, reachability: 'unreachable' } : named;
  });
}

/**
 * Whether one node may leave a swarm: `one` of several, or `last`, with which the swarm ends.
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
  // Nodes that are down do not need the swarm.
  const others = nodes.filter(({ id, state }) => id !== node.id && state !== 'down');
  if (others.length === 0) return 'last';
  const [worker = 'MACHINE'] = others.flatMap(({ role, state, hostname }) => (role === 'worker' && state === 'ready' ? [hostname] : []));
  const who = `${others.length} other node${others.length === 1 ? '' : 's'} (${others.map(({ hostname }) => hostname).join(', ')})`;
  throw new TsmachineError('SWARM_QUORUM', `${name} is the last manager of swarm "${swarm}", and ${who} would have none`, {
    hint: lines([
      say`Make another machine a manager first: ${run('swarm', 'promote', worker)}`,
      say`To end the whole swarm: ${run('swarm', 'down', swarm)}`,
    ]),
  });
}

function unreachable(nodes: readonly Node[], leaving: Node): Text {
  const silent = nodes.filter(({ id, role, reachability }) => id !== leaving.id && role === 'manager' && reachability !== 'reachable');
  const names = silent.map(({ hostname }) => hostname);
  return say`Start ${names.join(' ')}, or take out what is lost for good first: ${run('rm', ...names)}`;
}
