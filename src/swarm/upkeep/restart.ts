import type { Node } from '../engine/nodes.js';
import { hasQuorum, inNumbers, managersAmong, withOneDown } from '../model/quorum.js';
import { TsmachineError } from '../../base/errors.js';
import { run, say } from '../../base/text.js';

/** With this many managers one can be away and the others are still a majority. */
const enough = 3;

/**
 * Whether a swarm can still decide while one node restarts. One or two managers never have one to spare; they may be restarted all the
 * same, because services keep running. Three and more must have one to spare.
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
      hint: say`Bring ${missing.join(', ')} back first, or take out what is lost for good: ${run('swarm', 'leave', '--force', ...missing)}`,
    },
  );
}
