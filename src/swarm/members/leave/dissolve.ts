import { leaveSwarm } from '../../engine/init-join-leave.js';
import { onEach, type Outcome } from '../../../machine/choose/each.js';
import { TsmachineError } from '../../../base/errors.js';
import { removeMachine } from '../../../machine/remove.js';
import type { Swarm } from '../../reach/swarm.js';

/** Machines taken out of a swarm that ends, and removed, at once. */
const together = 16;

export interface DissolveOptions {
  /** What becomes of the machines: removed, removed whatever the driver says, or only taken out of the swarm. */
  readonly machines: 'remove' | 'force' | 'keep';
}

/** Whether these machines are all there is of the swarm: every one of its record, and every node of it that is not down. */
export function isWhole(swarm: Swarm, names: readonly string[]): boolean {
  const living = swarm.nodes.filter(({ state }) => state !== 'down').map((node) => swarm.machineOf(node));
  return [...Object.keys(swarm.record.members), ...living].every((name) => name !== undefined && names.includes(name));
}

/**
 * Ends a swarm: nobody has to be asked, nothing has to move. Machines are forgotten in the record one by one, and the record with the
 * last of them, so that what was interrupted is finished by doing it again.
 */
export async function dissolve(swarm: Swarm, { machines }: DissolveOptions): Promise<Outcome<void>[]> {
  const { session, record } = swarm;
  const outcomes = await onEach(Object.keys(record.members), together, async (name) => {
    session.signal.throwIfAborted();
    session.io.progress(machines === 'keep' ? `Taking ${name} out of the swarm` : `Removing ${name}`);
    if (machines === 'keep') await goFree(swarm, name);
    else await goForGood(swarm, name, machines === 'force');
    await swarm.forgetMember(name);
  });
  if (Object.keys(swarm.record.members).length === 0) await session.store.swarms.remove(swarm.name);
  return outcomes;
}

/** A host that is not destroyed with its machine must not be a node for ever; one that does not answer goes all the same. */
async function goForGood(swarm: Swarm, name: string, force: boolean): Promise<void> {
  const { session } = swarm;
  const { machine } = swarm.members.get(name) ?? {};
  if (machine?.module.features.ownsHost === false) {
    await goFree(swarm, name).catch((error: unknown) => {
      session.signal.throwIfAborted();
      session.io.warn(`The engine of ${name} stays in the swarm: ${TsmachineError.from(error).message}`);
    });
  }
  if (await session.store.exists(name)) await removeMachine(session, name, { force });
}

/** @throws TsmachineError why the engine does not answer */
async function goFree(swarm: Swarm, name: string): Promise<void> {
  if (!(await swarm.session.store.exists(name))) return;
  const { engine, membership } = swarm.reached(name);
  if (membership.state !== 'inactive' && isOurs(swarm, membership.cluster)) await leaveSwarm(engine, { force: true });
}

function isOurs(swarm: Swarm, cluster: string | undefined): boolean {
  return cluster === undefined || cluster === swarm.record.cluster;
}
