import { changeNode, findNode, removeNode, waitForNode } from '../engine/nodes.js';
import { patient } from '../engine/patient.js';
import type { Plan } from '../plan/plan.js';
import type { Swarm } from '../reach/swarm.js';
import { attempt, type Run } from './run.js';

/** Milliseconds for a manager to become a worker. */
const demoteTimeout = 60_000;

/** Takes the nodes out that machines of ours were before: a dead manager counts for the quorum until it is gone. */
export async function prune(run: Run, { steps }: Plan): Promise<void> {
  for (const step of steps) if (step.kind === 'prune') await attempt(run, step.hostname, [step], () => takeOut(run.swarm, step.node));
}

async function takeOut(swarm: Swarm, id: string): Promise<void> {
  const {
    session: { signal },
  } = swarm;
  const manager = patient(swarm.control, signal);
  if ((await findNode(manager, id))?.role === 'manager') {
    await changeNode(manager, id, { role: 'worker' });
    await waitForNode(manager, id, (node) => node === undefined || node.reachability === undefined, {
      what: `the dead node ${id} to be no manager any longer`,
      timeout: demoteTimeout,
      signal,
    });
  }
  await removeNode(manager, id, { force: true });
}
