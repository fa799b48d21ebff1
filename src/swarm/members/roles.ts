import { waitUntilSeen } from '../engine/init-join-leave.js';
import { quorumWarnings } from '../model/manager-count.js';
import { changeNode, waitForNode } from '../engine/nodes.js';
import { patient } from '../engine/patient.js';
import { managersAmong } from '../model/quorum.js';
import { TsmachineError } from '../../base/errors.js';
import type { Session } from '../../machine/session.js';
import { managerBeside, waitUntilWorker } from './leave/depart.js';
import { checkDepartures, departureOrder } from './leave/departures.js';
import { checkDeparture } from './leave/departure.js';
import { nodeOf, onNodes, type NodeOf } from './each-member.js';
import type { Swarm } from '../reach/swarm.js';

/** Milliseconds for a manager to become a worker. */
const demoteTimeout = 60_000;

/**
 * Makes workers managers, one after the other, each waited for until it counts.
 * @throws TsmachineError SWARM_STATE for a node that is down, which would only be a burden to the quorum; WAIT_TIMEOUT
 */
export async function promote(session: Session, names: readonly string[]): Promise<void> {
  await onNodes(session, names, async (swarm, nodes) => {
    for (const one of nodes) refuseDown(one);
    for (const one of nodes) await promoteOne(swarm, one);
    for (const warning of quorumWarnings(managersAmong(swarm.nodes).total)) session.io.warn(warning);
  });
}

async function promoteOne(swarm: Swarm, { name, node: { id } }: NodeOf): Promise<void> {
  const {
    session: { io, signal },
  } = swarm;
  const manager = patient(swarm.control, signal);
  io.progress(`Promoting ${name}`);
  await changeNode(manager, id, { role: 'manager' });
  await waitUntilSeen(manager, { machine: name, id, role: 'manager', signal });
  await settle(swarm, name, 'manager', id);
}

/**
 * Makes managers workers, the leader last. The quorum of those that stay is counted before the first is touched, and before each.
 * @throws TsmachineError SWARM_QUORUM with the numbers, and for the last manager
 */
export async function demote(session: Session, names: readonly string[]): Promise<void> {
  await onNodes(session, names, async (swarm, nodes) => {
    const { inTurn, together } = departureOrder(
      swarm,
      nodes.map(({ name }) => name),
    );
    refuseNoManager(swarm, inTurn);
    checkDepartures(swarm, { inTurn, together: [] });
    for (const name of together) await settle(swarm, name, 'worker', nodeOf(swarm, name).node.id);
    for (const name of inTurn) await demoteOne(swarm, nodeOf(swarm, name));
    for (const warning of quorumWarnings(managersAmong(swarm.nodes).total)) session.io.warn(warning);
  });
}

async function demoteOne(swarm: Swarm, { name, node }: NodeOf): Promise<void> {
  const {
    session: { io, signal },
  } = swarm;
  checkDeparture(swarm.name, name, node, swarm.nodes);
  const manager = patient(managerBeside(swarm, name), signal);
  io.progress(`Demoting ${name}`);
  await changeNode(manager, node.id, { role: 'worker' });
  await waitForNode(manager, node.id, (now) => now?.role === 'worker' && now.reachability === undefined, {
    what: `${name} to be no manager any longer`,
    timeout: demoteTimeout,
    signal,
  });
  if (node.state === 'ready') {
    await waitUntilWorker(swarm, name);
    // the engine begins anew as a worker, and after a leader's demotion every node has to find the new one
    await waitUntilSeen(manager, { machine: name, id: node.id, role: 'worker', signal });
  }
  await settle(swarm, name, 'worker', node.id);
}

/** Has the record and what is known of the swarm follow. */
async function settle(swarm: Swarm, name: string, role: 'manager' | 'worker', node: string): Promise<void> {
  await swarm.keepMember(name, { ...swarm.record.members[name], role, node });
  if (swarm.members.get(name)?.engine) await swarm.lookAt(name);
  await swarm.lookAtNodes();
  swarm.session.io.info(`${name} is a ${role} of swarm "${swarm.name}".`);
}

function refuseDown({ name, node }: NodeOf): void {
  if (node.role === 'manager' || node.state === 'ready') return;
  throw new TsmachineError('SWARM_STATE', `${name} is ${node.state}: as a manager it would only be one more that has to be outvoted`, {
    hint: `tsmachine start ${name}, then promote it`,
  });
}

function refuseNoManager(swarm: Swarm, leaving: readonly string[]): void {
  const { total } = managersAmong(swarm.nodes);
  if (leaving.length === 0 || leaving.length < total) return;
  const what = total === 1 ? `${leaving.join()} is its only manager` : `${leaving.join(', ')} are all its managers`;
  throw new TsmachineError('SWARM_QUORUM', `Swarm "${swarm.name}" needs a manager, and ${what}`, {
    hint: `Make another one a manager first: tsmachine swarm promote MACHINE. To end the whole swarm: tsmachine swarm down ${swarm.name}`,
  });
}
