import type { Session } from '../../machine/session.js';

/** Gives a machine that came back its place in its swarm. The caller does not hold the machine's lock. */
export async function settled(session: Session, name: string): Promise<void> {
  if ((await session.store.swarms.names()).length === 0) return;
  const { settleInSwarm } = await import('./settle.js'); // most machines are in no swarm
  await settleInSwarm(session, name);
}
