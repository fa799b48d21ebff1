import { TsmachineError } from '../../base/errors.js';
import { run } from '../../base/text.js';
import { leaveSwarm } from '../engine/init-join-leave.js';
import { removeNode } from '../engine/nodes.js';
import { patient } from '../engine/patient.js';
import { demoteAndWait } from '../members/demote.js';
import { checkDeparture } from '../members/leave/departure.js';
import type { Swarm } from '../reach/swarm.js';

/**
 * Takes a machine out of the swarm that is to join again at once: its engine forgets the swarm, and the swarm its node. Nothing is
 * drained, because the other nodes cannot reach this one as it is.
 * @throws TsmachineError SWARM_QUORUM; SWARM_STATE when no other manager answers that it could join
 */
export async function leaveToRejoin(swarm: Swarm, name: string): Promise<void> {
  const {
    session: { signal },
  } = swarm;
  const beside = swarm.managers.find((other) => other.name !== name);
  if (!beside) {
    throw new TsmachineError('SWARM_STATE', `${name} has to join again, and it is the only manager of swarm "${swarm.name}" that answers`, {
      hint: run('swarm', 'recover', swarm.name),
    });
  }
  const manager = patient(beside.engine, signal);
  const node = swarm.nodeOf(name);
  if (node?.role === 'manager') {
    checkDeparture(swarm.name, name, node, swarm.nodes);
    await demoteAndWait(manager, node, { name, swarm: swarm.name, signal });
  }
  await leaveSwarm(swarm.reached(name).engine, { force: true });
  if (node) await removeNode(manager, node.id, { force: true });
  await swarm.lookAt(name);
  await swarm.lookAtNodes();
}
