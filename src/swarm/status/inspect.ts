import { inspectCluster } from '../engine/cluster.js';
import { patient } from '../engine/patient.js';
import type { Session } from '../../machine/session.js';
import { findSwarm } from '../reach/find.js';
import { withSwarm } from '../reach/swarm.js';

/** A swarm as its managers describe it, without tokens and keys. @throws as `findSwarm`, and why no manager answers */
export async function inspectSwarm(session: Session, given?: string): Promise<object> {
  return withSwarm(session, await findSwarm(session, given), (swarm) => inspectCluster(patient(swarm.control, session.signal)));
}
