import type { Session } from '../../machine/session.js';
import { findSwarm } from '../reach/find.js';
import { withSwarm, type Swarm } from '../reach/swarm.js';

/**
 * Calls `use` with a swarm whose machines were all inspected: those of the record, and those of the store that are nodes although the
 * record does not name them.
 * @param given the swarm, or a machine in it
 * @throws as `findSwarm`
 */
export async function withInspectedSwarm<T>(session: Session, given: string | undefined, use: (swarm: Swarm) => Promise<T>): Promise<T> {
  return withSwarm(session, await findSwarm(session, given), async (swarm) => {
    const withoutMachine = swarm.nodes.filter((node) => swarm.machineOf(node) === undefined).map(({ hostname }) => hostname);
    const names = await session.store.names();
    const unrecorded = withoutMachine.filter((name) => names.includes(name) && !swarm.members.has(name));
    if (unrecorded.length > 0) await swarm.look(unrecorded);
    return use(swarm);
  });
}
