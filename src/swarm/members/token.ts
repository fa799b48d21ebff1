import { joinToken, updateCluster } from '../engine/cluster.js';
import { patient } from '../engine/patient.js';
import type { Role } from '../../base/swarm-node.js';
import type { Session } from '../../machine/session.js';
import { findSwarm } from '../reach/find.js';
import { withSwarm } from '../reach/swarm.js';

interface TokenOptions {
  readonly rotate?: boolean;
}

/** What an engine needs to join a swarm. */
export interface JoinSecret {
  readonly token: string;
  /** `HOST:PORT` of each manager that the others reach, as the swarm knows them; the leader first. */
  readonly managers: readonly string[];
}

/**
 * The token with which engines join a swarm. It is read when asked for, and stored nowhere.
 * @param options.rotate makes a new one first; the old one is then refused
 * @throws as `findSwarm`; TsmachineError SWARM_STATE, SWARM_LOCKED or SWARM_QUORUM without a manager that answers
 */
export async function tokenOf(session: Session, given: string | undefined, role: Role, options: TokenOptions = {}): Promise<string> {
  return (await joinSecretOf(session, given, role, options)).token;
}

/** As `tokenOf`, with the managers that the engine can join. */
export async function joinSecretOf(
  session: Session,
  given: string | undefined,
  role: Role,
  { rotate = false }: TokenOptions = {},
): Promise<JoinSecret> {
  return withSwarm(session, await findSwarm(session, given), async (swarm) => {
    const manager = patient(swarm.control, session.signal);
    if (rotate)
      await updateCluster(manager, (spec) => spec, role === 'manager' ? { rotateManagerToken: true } : { rotateWorkerToken: true });
    const reachable = swarm.nodes.filter(({ reachability }) => reachability === 'reachable');
    return {
      token: await joinToken(manager, role),
      managers: [...reachable].sort((a, b) => Number(b.leader) - Number(a.leader)).flatMap(({ managerAddress }) => managerAddress ?? []),
    };
  });
}
