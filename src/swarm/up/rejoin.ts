import { leaveSwarm } from '../engine/init-join-leave.js';
import { changeNode, removeNode, waitForNode } from '../engine/nodes.js';
import { patient } from '../engine/patient.js';
import { TsmachineError } from '../../base/errors.js';
import { checkDeparture } from '../members/leave/departure.js';
import type { Swarm } from '../reach/swarm.js';

/** Milliseconds for a manager to become a worker. */
const demoteTimeout = 60_000;

/**
 * Takes a node out that is to join anew at once: its engine forgets the swarm, and the swarm the node. Nothing is drained: a node that
 * has to join anew cannot be reached by the others as it is.
 * @throws TsmachineError SWARM_QUORUM, SWARM_STATE when nobody else would be left to join to
 */
export async function leaveForGood(swarm: Swarm, name: string): Promise<void> {
  const {
    session: { signal },
  } = swarm;
  const beside = swarm.managers.find((other) => other.name !== name);
  if (!beside) {
    throw new TsmachineError('SWARM_STATE', `${name} has to join anew, and it is the only manager of swarm "${swarm.name}" that answers`, {
      hint: `tsmachine swarm recover ${swarm.name}`,
    });
  }
  const manager = patient(beside.engine, signal);
  const node = swarm.nodeOf(name);
  if (node?.role === 'manager') {
    checkDeparture(swarm.name, name, node, swarm.nodes);
    await changeNode(manager, node.id, { role: 'worker' });
    await waitForNode(manager, node.id, (now) => now?.role === 'worker' && now.reachability === undefined, {
      what: `${name} to be no manager any longer`,
      timeout: demoteTimeout,
      signal,
    });
  }
  await leaveSwarm(swarm.reached(name).engine, { force: true });
  if (node) await removeNode(manager, node.id, { force: true });
  await swarm.lookAt(name);
  await swarm.lookAtNodes();
}
