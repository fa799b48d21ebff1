import { leaveSwarm } from '../../engine/init-join-leave.js';
import { onEach, type Outcome } from '../../../machine/choose/each.js';
import { messageOf } from '../../../base/errors.js';
import { say } from '../../../base/text.js';
import { removeAndForget } from './remove-member.js';
import type { RemoveOptions } from '../../../machine/remove.js';
import type { Swarm } from '../../reach/swarm.js';

/** How many machines leave, or are removed, at once. */
const together = 16;

export interface DissolveOptions {
  /** What happens to the machines: how they are removed, or that they are only taken out of the swarm. */
  readonly machines: RemoveOptions | 'keep';
}

/** Whether these machines are all there is of the swarm: every one of its record, and every node of it that is not down. */
export function isWhole(swarm: Swarm, names: readonly string[]): boolean {
  const living = swarm.nodes.filter(({ state }) => state !== 'down').map((node) => swarm.machineOf(node));
  return [...Object.keys(swarm.record.members), ...living].every((name) => name !== undefined && names.includes(name));
}

/**
 * Ends a swarm: no manager is asked, no task is moved. The record forgets the machines one by one, and goes with the last of them, so
 * that an interrupted run is finished by another.
 */
export async function dissolve(swarm: Swarm, { machines }: DissolveOptions): Promise<Outcome<void>[]> {
  const { session, record } = swarm;
  return onEach(Object.keys(record.members), together, async (name) => {
    session.signal.throwIfAborted();
    if (machines === 'keep') session.io.progress(`Taking ${name} out of the swarm`);
    if (machines === 'keep') {
      await leaveEnding(swarm, name);
      await swarm.forgetMember(name);
    } else {
      await leaveOnForeignHost(swarm, name);
      await removeAndForget(swarm, name, machines);
    }
  });
}

/** A host that is not destroyed with its machine must not stay a node. One that does not answer is removed all the same. */
async function leaveOnForeignHost(swarm: Swarm, name: string): Promise<void> {
  const { session } = swarm;
  const { machine } = swarm.members.get(name) ?? {};
  if (machine?.module.features.ownsHost !== false) return;
  try {
    await leaveEnding(swarm, name);
  } catch (error) {
    session.signal.throwIfAborted();
    session.io.warn(say`The engine of ${name} stays in the swarm: ${messageOf(error)}`);
  }
}

/** @throws TsmachineError why the engine does not answer */
async function leaveEnding(swarm: Swarm, name: string): Promise<void> {
  if (!(await swarm.session.store.exists(name))) return;
  const { engine, membership } = swarm.reached(name);
  if (membership.state !== 'inactive' && isOurs(swarm, membership.cluster)) await leaveSwarm(engine, { force: true });
}

function isOurs(swarm: Swarm, cluster: string | undefined): boolean {
  return cluster === undefined || cluster === swarm.record.cluster;
}
