import { TsmachineError } from '../../base/errors.js';
import { run, say } from '../../base/text.js';
import { waitFor } from '../../base/wait.js';
import type { Engine } from '../../docker/client.js';
import { membershipOf } from '../engine/membership.js';
import { changeNode, waitForNode, type Node } from '../engine/nodes.js';

/** Milliseconds for a manager to become a worker. */
const demoteTimeout = 60_000;

export interface DemoteOptions {
  /** The machine, as errors name it. */
  readonly name: string;
  /** The swarm's name. */
  readonly swarm: string;
  readonly signal: AbortSignal;
  /** The engine of the machine itself, if it answers: it learns a little later than the managers that it is a worker. */
  readonly engine?: Engine | undefined;
}

/**
 * Makes a manager a worker, and waits until the other managers no longer count it. They put a demotion off for as long as it would cost
 * the quorum; one that is not done in time is taken back.
 * @param manager the engine of another manager
 * @throws TsmachineError WAIT_TIMEOUT
 */
export async function demoteAndWait(
  manager: Engine,
  { id, availability }: Pick<Node, 'id' | 'availability'>,
  { name, swarm, signal, engine }: DemoteOptions,
): Promise<void> {
  await changeNode(manager, id, { role: 'worker' });
  try {
    await waitForNode(manager, id, (node) => node === undefined || (node.role === 'worker' && node.reachability === undefined), {
      what: `${name} to become a worker`,
      timeout: demoteTimeout,
      signal,
      hint: say`The other managers may be too few: ${run('swarm', 'nodes', swarm)}`,
    });
  } catch (error) {
    if (TsmachineError.is(error) && error.code === 'WAIT_TIMEOUT') await changeNode(manager, id, { role: 'manager', availability });
    throw error;
  }
  if (!engine) return;
  await waitFor(async () => ((await membershipOf(engine)).control ? undefined : true), {
    timeout: demoteTimeout,
    maxInterval: 300,
    signal,
    what: `the engine of ${name} to become a worker`,
  });
}
