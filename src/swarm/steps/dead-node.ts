import { findNode, removeNode } from '../engine/nodes.js';
import { patient } from '../engine/patient.js';
import { demoteAndWait } from '../members/demote.js';
import type { Swarm } from '../reach/swarm.js';

/** Removes a former node of one of our machines: a dead manager counts for the quorum until it is gone. */
export async function removeDeadNode(swarm: Swarm, id: string): Promise<void> {
  const {
    session: { signal },
  } = swarm;
  const manager = patient(swarm.control, signal);
  const node = await findNode(manager, id);
  if (node?.role === 'manager') await demoteAndWait(manager, node, { name: `the dead node ${id}`, swarm: swarm.name, signal });
  await removeNode(manager, id, { force: true });
}
