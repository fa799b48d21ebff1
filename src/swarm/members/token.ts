import { joinToken, updateCluster } from '../engine/cluster.js';
import { patient } from '../engine/patient.js';
import type { Role } from '../../base/swarm-node.js';
import type { Session } from '../../machine/session.js';
import { findSwarm } from '../reach/find.js';
import { withSwarm } from '../reach/swarm.js';

/**
 * The token with which engines join a swarm. It is read when asked for, and stored nowhere.
 * @param options.rotate makes a new one first; the old one is then refused
 * @throws as `findSwarm`; TsmachineError SWARM_STATE, SWARM_LOCKED or SWARM_QUORUM without a manager that answers
 */
export async function tokenOf(
  session: Session,
  given: string | undefined,
  role: Role,
  { rotate = false }: { rotate?: boolean } = {},
): Promise<string> {
  return withSwarm(session, await findSwarm(session, given), async (swarm) => {
    const manager = patient(swarm.control, session.signal);
    if (rotate)
      await updateCluster(manager, (spec) => spec, role === 'manager' ? { rotateManagerToken: true } : { rotateWorkerToken: true });
    return joinToken(manager, role);
  });
}
