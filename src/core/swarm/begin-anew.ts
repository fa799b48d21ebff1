import { initSwarm } from '../../swarm/join.js';
import { membershipOf } from '../../swarm/membership.js';
import { listNodes } from '../../swarm/nodes.js';
import { patient } from '../../swarm/patient.js';
import { TsmachineError } from '../errors.js';
import { waitFor } from '../wait.js';
import { nodeAddresses } from './addresses.js';
import type { SwarmState } from './raft-folder.js';
import type { Reached, Swarm } from './swarm.js';

/** Milliseconds for the only manager to lead itself. */
const leadTimeout = 60_000;

/**
 * Makes one manager the only one of its swarm, with everything the swarm knows: services, networks, secrets and nodes.
 * @param raft what its engine wrote down: what is not repeated would be forgotten
 * @throws TsmachineError SWARM_LOCKED for managers that lock themselves, SWARM_JOIN when the engine goes on with another address
 */
export async function beginAnew(swarm: Swarm, name: string, raft: SwarmState): Promise<void> {
  const { session: { io, signal } } = swarm;
  const { machine, engine, membership, addresses = [] } = await swarm.lookAt(name);
  refuseAutolock(swarm, name, raft);
  const { advertiseAddr } = await nodeAddresses(machine, membership.address !== undefined && addresses.includes(membership.address)
    ? { advertiseAddr: membership.address } : {});
  const everywhere = raft.listenAddr !== undefined && /^(0\.0\.0\.0|\[::\]):/.test(raft.listenAddr);
  io.progress(`Making ${name} the only manager of swarm "${swarm.name}"`);
  await initSwarm(engine, {
    advertiseAddr, ...(everywhere ? { listenAddr: raft.listenAddr } : {}),
    settings: raft.dataPathPort === undefined ? {} : { dataPathPort: raft.dataPathPort }, availability: 'active', forceNewCluster: true,
  });
  const { nodeId } = await leads(swarm, name, advertiseAddr);
  const { cluster } = await membershipOf(engine);
  await swarm.keep({
    first: name, ...(cluster === undefined ? {} : { cluster }),
    members: { ...swarm.record.members, [name]: { ...swarm.record.members[name], role: 'manager', node: nodeId } },
  });
  signal.throwIfAborted();
  await swarm.look();
}

/** Waits until the manager leads. @throws TsmachineError SWARM_JOIN when the others would look for it where it is not (docker/for-linux#523) */
async function leads(swarm: Swarm, name: string, address: string): Promise<{ nodeId: string }> {
  const { session: { signal } } = swarm;
  const { engine }: Reached = swarm.reached(name);
  const leader = await waitFor(async () => {
    const { nodeId, control } = await membershipOf(engine);
    if (!control || nodeId === undefined) return undefined;
    return (await listNodes(patient(engine, signal))).find((node) => node.id === nodeId && node.leader && node.state === 'ready');
  }, { timeout: leadTimeout, maxInterval: 300, signal, what: `${name} to lead the swarm by itself` });
  const taken = (leader.managerAddress ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  if (taken === address) return { nodeId: leader.id };
  throw new TsmachineError('SWARM_JOIN', `${name} advertises ${taken}, not its address ${address}`, {
    hint: `No other node finds it there. Give the host the address ${taken} again, then: tsmachine swarm recover ${swarm.name}`,
  });
}

/** The engine cannot (moby#36852), and would be out of its swarm afterwards. */
export function refuseAutolock({ name: swarm }: Swarm, name: string, { autolock }: Pick<SwarmState, 'autolock'>): void {
  if (!autolock) return;
  throw new TsmachineError('SWARM_LOCKED', `${name} locks itself (autolock), and its engine cannot begin an autolocked swarm anew (moby#36852)`, {
    hint: `Bring enough of its managers back: start them, then tsmachine swarm unlock ${swarm}`,
  });
}
