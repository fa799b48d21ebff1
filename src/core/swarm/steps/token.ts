import { joinToken, updateCluster } from '../../../swarm/cluster.js';
import { patient } from '../../../swarm/patient.js';
import type { Role } from '../../../swarm/types.js';
import type { Session } from '../../session.js';
import { findSwarm } from '../find.js';
import { withSwarm } from '../swarm.js';

/**
 * The token with which engines join a swarm. It is read when asked for, and kept nowhere.
 * @param options.rotate makes a new one first; the old one lets nobody in any longer
 * @throws as `findSwarm`; TsmachineError SWARM_STATE, SWARM_LOCKED or SWARM_QUORUM without a manager that answers
 */
export async function tokenOf(session: Session, given: string | undefined, role: Role, { rotate }: { rotate: boolean }): Promise<string> {
  return withSwarm(session, await findSwarm(session, given), async (swarm) => {
    const manager = patient(swarm.control, session.signal);
    if (rotate) await updateCluster(manager, (spec) => spec, role === 'manager' ? { rotateManagerToken: true } : { rotateWorkerToken: true });
    return joinToken(manager, role);
  });
}
