import { inspectCluster } from '../../../swarm/cluster.js';
import { patient } from '../../../swarm/patient.js';
import type { Session } from '../../session.js';
import { findSwarm } from '../find.js';
import { withSwarm } from '../swarm.js';

/** A swarm as its managers describe it, without what lets anybody in. @throws as `tokenOf` */
export async function inspectSwarm(session: Session, given: string | undefined): Promise<object> {
  return withSwarm(session, await findSwarm(session, given), (swarm) => inspectCluster(patient(swarm.control, session.signal)));
}
