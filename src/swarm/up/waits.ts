import { unlessTimeout, waitFor } from '../../base/wait.js';
import { isSeen } from '../engine/nodes.js';
import type { UpRun } from '../steps/up-run.js';

/** Milliseconds for managers that have just started to elect a leader. */
const quorumTimeout = 30_000;
/** Milliseconds for the managers to see a node that runs. */
const seenTimeout = 30_000;

/** Inspects the swarm and every declared machine again. */
export async function inspectAll({ swarm, declaration }: UpRun): Promise<void> {
  await swarm.look(declaration.members.map(({ machine }) => machine));
}

/** Waits until a manager answers, or is known to be locked. Without an answer the next plan says why there is none. */
export async function waitUntilAnswering(up: UpRun): Promise<void> {
  const { swarm } = up;
  await unlessTimeout(
    waitFor(
      async () => {
        if (!swarm.manager) await inspectAll(up);
        const locked = [...swarm.members.values()].some(({ membership }) => membership?.state === 'locked');
        return swarm.manager !== undefined || locked ? true : undefined; // those that are locked are unlocked next
      },
      { timeout: quorumTimeout, signal: swarm.session.signal, what: `a manager of swarm "${swarm.name}" to answer` },
    ),
  );
}

/**
 * Waits until the managers see every declared node whose engine runs. A new leader knows none of them at first. A node that they do not
 * see in time is in the next plan.
 */
export async function waitUntilSeen({ swarm, declaration }: UpRun): Promise<void> {
  const ids = declaration.members
    .filter(({ machine }) => swarm.members.get(machine)?.membership?.state === 'active')
    .map(({ machine }) => swarm.nodeOf(machine)?.id);
  await swarm.lookAtNodes();
  if (!swarm.manager) return;
  await unlessTimeout(
    waitFor(
      async () => {
        const unseen = swarm.nodes.filter((node) => ids.includes(node.id) && !isSeen(node));
        if (swarm.manager && unseen.length === 0) return true;
        await swarm.lookAtNodes();
        return undefined;
      },
      { timeout: seenTimeout, maxInterval: 500, signal: swarm.session.signal, what: 'the managers to see every node' },
    ),
  );
}
