import type { Session } from '../../machine/session.js';

/** Names of the swarms that the store knows, sorted. No machine is asked. */
export async function listSwarms(session: Session): Promise<string[]> {
  return (await session.store.swarms.names()).sort();
}
