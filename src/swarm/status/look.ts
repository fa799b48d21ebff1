import { say, type Text } from '../../base/text.js';
import type { SwarmStatus } from './status.js';
import type { Session } from '../../machine/session.js';
import { findSwarm } from '../reach/find.js';
import { nodeRows, type NodeRow } from './rows.js';
import { withSwarm, type Swarm } from '../reach/swarm.js';

/** The nodes of a swarm beside the machines of the store. @param given the swarm, or a machine in it. @throws as `findSwarm` */
export async function listSwarmNodes(session: Session, given?: string): Promise<NodeRow[]> {
  return looking(session, given, (swarm) => {
    if (!swarm.manager) session.io.warn(told(swarm));
    return Promise.resolve(nodeRows(swarm));
  });
}

/** How a swarm is. @param given the swarm, or a machine in it. @throws as `findSwarm` */
export async function swarmStatus(session: Session, given?: string): Promise<SwarmStatus> {
  const { statusOf } = await import('./status.js');
  return looking(session, given, statusOf);
}

/** Looks at the record's machines, and at those of the store that are nodes though nobody wrote it down. */
async function looking<T>(session: Session, given: string | undefined, use: (swarm: Swarm) => Promise<T>): Promise<T> {
  return withSwarm(session, await findSwarm(session, given), async (swarm) => {
    const strangers = swarm.nodes.filter((node) => swarm.machineOf(node) === undefined).map(({ hostname }) => hostname);
    const names = await session.store.names();
    const others = strangers.filter((name) => names.includes(name) && !swarm.members.has(name));
    if (others.length > 0) await swarm.look(others);
    return use(swarm);
  });
}

function told(swarm: Swarm): Text {
  const { text, hint } = swarm.whyNoManager();
  return hint === undefined ? text : say`${text}\n${hint}`;
}
