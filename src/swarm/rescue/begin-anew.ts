import { initSwarm } from '../engine/init-join-leave.js';
import { membershipOf } from '../engine/membership.js';
import { listNodes } from '../engine/nodes.js';
import { patient } from '../engine/patient.js';
import { TsmachineError } from '../../base/errors.js';
import type { Session } from '../../machine/session.js';
import { waitFor } from '../../base/wait.js';
import { hostAddresses } from '../reach/host-addresses.js';
import type { SwarmState } from './raft-folder.js';
import type { Reached, Swarm } from '../reach/swarm.js';

/** Milliseconds for the only manager to lead itself. */
const leadTimeout = 60_000;

/**
 * Makes one manager the only one of its swarm, with everything the swarm knows: services, networks, secrets and nodes.
 * @param raft what its engine wrote down: what is not repeated would be forgotten
 * @throws TsmachineError SWARM_LOCKED for managers that lock themselves, SWARM_STATE for a host that has not the address it is known under
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
  const node = await leads(swarm, name);
  const { cluster } = await membershipOf(engine);
  await swarm.keep({
    first: name,
    ...(cluster === undefined ? {} : { cluster }),
    members: { ...swarm.record.members, [name]: { ...swarm.record.members[name], role: 'manager', node } },
  });
  signal.throwIfAborted();
  await swarm.look();
}

/** Waits until the manager leads. */
async function leads(swarm: Swarm, name: string): Promise<string> {
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
    `The swarm's state is that of a manager at ${address}, and ${name} is at ${[...new Set([...addresses, ...here])].join(', ')}: ` +
      'engines cannot give it another address',
    { hint: `Give the host of ${name} the address ${address}, also as one more of several, and run the command again` },
  );
}

/** The engine cannot (moby#36852), and would be out of its swarm afterwards. */
export function refuseAutolock(swarm: string, name: string, { autolock }: Pick<SwarmState, 'autolock'>): void {
  if (!autolock) return;
  throw new TsmachineError(
    'SWARM_LOCKED',
    `${name} locks itself (autolock), and its engine cannot begin an autolocked swarm anew (moby#36852)`,
    {
      hint: `Bring enough of its managers back: start them, then tsmachine swarm unlock ${swarm}`,
    },
  );
}
