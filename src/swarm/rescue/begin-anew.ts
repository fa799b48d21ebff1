import { initSwarm } from '../engine/init-join-leave.js';
import { membershipOf } from '../engine/membership.js';
import { listNodes } from '../engine/nodes.js';
import { patient } from '../engine/patient.js';
import { TsmachineError } from '../../base/errors.js';
import { run, say } from '../../base/text.js';
import type { Session } from '../../machine/session.js';
import { waitFor } from '../../base/wait.js';
import { hostAddresses } from '../reach/host-addresses.js';
import type { SwarmState } from './raft-folder.js';
import type { Reached, Swarm } from '../reach/swarm.js';

/** Milliseconds for the only manager to elect itself leader. */
const leadTimeout = 60_000;

/**
 * Makes one manager the only one of its swarm. It keeps all services, networks, secrets and nodes.
 * @param raft what its engine has on disk; what is not passed to the engine again would be lost
 * @throws TsmachineError SWARM_LOCKED for managers with autolock, SWARM_STATE for a host without the address that the swarm knows
 */
export async function beginAnew(swarm: Swarm, name: string, raft: SwarmState): Promise<void> {
  const {
    session: { io, signal },
  } = swarm;
  const member = await swarm.lookAt(name);
  const {
    engine,
    membership: { address: advertiseAddr = '' },
  } = member;
  refuseAutolock(swarm.name, name, raft);
  await requireAddress(swarm.session, member, advertiseAddr);
  const everywhere = raft.listenAddr !== undefined && /^(0\.0\.0\.0|\[::\]):/.test(raft.listenAddr);
  io.progress(`Making ${name} the only manager of swarm "${swarm.name}"`);
  await initSwarm(engine, {
    advertiseAddr,
    ...(everywhere ? { listenAddr: raft.listenAddr } : {}),
    settings: raft.dataPathPort === undefined ? {} : { dataPathPort: raft.dataPathPort },
    availability: 'active',
    forceNewCluster: true,
  });
  const node = await waitUntilLeader(swarm, name);
  const { cluster } = await membershipOf(engine);
  await swarm.keep({
    first: name,
    ...(cluster === undefined ? {} : { cluster }),
    members: { ...swarm.record.members, [name]: { ...swarm.record.members[name], role: 'manager', node } },
  });
  signal.throwIfAborted();
  await swarm.look();
}

/** Waits until the manager is the leader. @returns its node id */
async function waitUntilLeader(swarm: Swarm, name: string): Promise<string> {
  const {
    session: { signal },
  } = swarm;
  const { engine } = swarm.reached(name);
  return waitFor(
    async () => {
      const { nodeId, control } = await membershipOf(engine);
      if (!control || nodeId === undefined) return undefined;
      return (await listNodes(patient(engine, signal))).find((node) => node.id === nodeId && node.leader && node.state === 'ready')?.id;
    },
    { timeout: leadTimeout, maxInterval: 300, signal, what: `${name} to lead the swarm by itself` },
  );
}

/**
 * The state of a swarm holds the addresses of its managers, and engines do not change that of the only one (docker/for-linux#523):
 * nobody could join a manager that is elsewhere now.
 * @throws TsmachineError SWARM_STATE
 */
export async function requireAddress(session: Session, { name, machine, addresses = [] }: Reached, address: string): Promise<void> {
  if (addresses.includes(address)) return;
  const here = (await hostAddresses(session, machine))?.map(({ ip }) => ip) ?? [];
  if (here.includes(address)) return;
  throw new TsmachineError(
    'SWARM_STATE',
    `The swarm's state belongs to a manager at ${address}, but ${name} has ${[...new Set([...addresses, ...here])].join(', ')}. ` +
      'An engine cannot change the address in it',
    { hint: `Give the host of ${name} the address ${address} (a second address will do) and run the command again` },
  );
}

/** Refuses managers with autolock: their engine cannot do it (moby#36852) and would have lost its swarm afterwards. */
export function refuseAutolock(swarm: string, name: string, { autolock }: Pick<SwarmState, 'autolock'>): void {
  if (!autolock) return;
  throw new TsmachineError('SWARM_LOCKED', `${name} has autolock, and an engine cannot recover a swarm with autolock (moby#36852)`, {
    hint: say`Bring enough of its managers back: start them, then ${run('swarm', 'unlock', swarm)}`,
  });
}
