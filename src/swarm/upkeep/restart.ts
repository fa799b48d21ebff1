import type { Node } from '../engine/nodes.js';
import { hasQuorum, inNumbers, managersAmong, withOneDown } from '../model/quorum.js';
import { TsmachineError } from '../../base/errors.js';

/** Managers of which one can be away without the others being too few. */
const enough = 3;

/**
 * What becomes of a swarm's ability to decide while one node restarts. One or two managers never have one to spare: that is no reason not
 * to restart them, services run on. Three and more must have.
 * @param name the machine, as it stands in errors
 * @returns `kept`, or `paused`: nothing is decided until it is back
 * @throws TsmachineError SWARM_QUORUM with the numbers and who is missing
 */
export function checkRestart(swarm: string, name: string, node: Node, nodes: readonly Node[]): 'kept' | 'paused' {
  if (node.role === 'worker') return 'kept';
  const managers = managersAmong(nodes);
  const meanwhile = node.reachability === 'reachable' ? withOneDown(managers) : managers;
  if (hasQuorum(meanwhile)) return 'kept';
  if (managers.total < enough) return 'paused';
  const missing = nodes
    .filter(({ id, role, reachability }) => id !== node.id && role === 'manager' && reachability !== 'reachable')
    .map(({ hostname }) => hostname);
  throw new TsmachineError(
    'SWARM_QUORUM',
    `Swarm "${swarm}" would lose its quorum while ${name} restarts: ${inNumbers(meanwhile)} (now ${inNumbers(managers)})`,
    {
      hint: `Bring ${missing.join(', ')} back first, or take out what is lost for good: tsmachine swarm leave --force ${missing.join(' ')}`,
    },
  );
}
