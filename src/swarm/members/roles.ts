import { TsmachineError } from '../../base/errors.js';
import { lines, run, say } from '../../base/text.js';
import type { Session } from '../../machine/session.js';
import { waitUntilSeen } from '../engine/init-join-leave.js';
import { changeNode } from '../engine/nodes.js';
import { patient } from '../engine/patient.js';
import { quorumWarnings } from '../model/manager-count.js';
import { managersAmong } from '../model/quorum.js';
import type { Swarm } from '../reach/swarm.js';
import { demoteAndWait } from './demote.js';
import { nodeOf, onNodes, type MachineNode } from './each-member.js';
import { managerBeside } from './leave/depart.js';
import { checkDeparture } from './leave/departure.js';
import { checkDepartures, departureOrder } from './leave/departures.js';

/**
 * Makes workers managers, one after the other, each waited for until it counts.
 * @throws TsmachineError SWARM_STATE for a node that is down, which as a manager would only weaken the quorum; WAIT_TIMEOUT
 */
export async function promote(session: Session, names: readonly string[]): Promise<void> {
  await onNodes(session, names, async (swarm, nodes) => {
    for (const one of nodes) refuseDown(one);
    for (const { name } of nodes) {
      await promoteNode(swarm, name);
      session.io.info(`${name} is a manager of swarm "${swarm.name}".`);
    }
    for (const warning of quorumWarnings(managersAmong(swarm.nodes).total)) session.io.warn(warning);
  });
}

/** Makes one worker a manager, and waits until the others reach it as one. @throws TsmachineError WAIT_TIMEOUT */
export async function promoteNode(swarm: Swarm, name: string): Promise<void> {
  const {
    session: { io, signal },
  } = swarm;
  const { id } = nodeOf(swarm, name).node;
  const manager = patient(swarm.control, signal);
  io.progress(`Promoting ${name}`);
  await changeNode(manager, id, { role: 'manager' });
  await waitUntilSeen(manager, { machine: name, id, role: 'manager', signal });
  await recordRole(swarm, name, 'manager', id);
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
    for (const name of [...together, ...inTurn]) {
      if (inTurn.includes(name)) await demoteNode(swarm, name);
      else await recordRole(swarm, name, 'worker', nodeOf(swarm, name).node.id);
      session.io.info(`${name} is a worker of swarm "${swarm.name}".`);
    }
    for (const warning of quorumWarnings(managersAmong(swarm.nodes).total)) session.io.warn(warning);
  });
}

/** Makes one manager a worker, and waits until it is a ready one. @throws TsmachineError SWARM_QUORUM, SWARM_STATE, WAIT_TIMEOUT */
export async function demoteNode(swarm: Swarm, name: string): Promise<void> {
  const {
    session: { io, signal },
  } = swarm;
  const { node } = nodeOf(swarm, name);
  checkDeparture(swarm.name, name, node, swarm.nodes);
  const manager = patient(managerBeside(swarm, name), signal);
  const answers = node.state === 'ready';
  io.progress(`Demoting ${name}`);
  const engine = answers ? swarm.members.get(name)?.engine : undefined;
  await demoteAndWait(manager, node, { name, swarm: swarm.name, signal, engine });
  // The engine starts again as a worker, and after a leader's demotion every node has to find the new one.
  if (answers) await waitUntilSeen(manager, { machine: name, id: node.id, role: 'worker', signal });
  await recordRole(swarm, name, 'worker', node.id);
}

/** Writes the role down, and inspects the node again. */
async function recordRole(swarm: Swarm, name: string, role: 'manager' | 'worker', node: string): Promise<void> {
  await swarm.keepMember(name, { ...swarm.record.members[name], role, node });
  if (swarm.members.get(name)?.engine) await swarm.lookAt(name);
  await swarm.lookAtNodes();
}

function refuseDown({ name, node }: MachineNode): void {
  if (node.role === 'manager' || node.state === 'ready') return;
  throw new TsmachineError('SWARM_STATE', `${name} is ${node.state}: a manager that is down only makes a majority harder to reach`, {
    hint: say`${run('start', name)}, then promote it`,
  });
}

function refuseNoManager(swarm: Swarm, leaving: readonly string[]): void {
  const { total } = managersAmong(swarm.nodes);
  if (leaving.length === 0 || leaving.length < total) return;
  const [worker = 'MACHINE'] = swarm.nodes.flatMap((node) =>
    node.role === 'worker' && node.state === 'ready' ? (swarm.machineOf(node) ?? []) : [],
  );
  const what = total === 1 ? `${leaving.join()} is its only manager` : `${leaving.join(', ')} are all its managers`;
  throw new TsmachineError('SWARM_QUORUM', `Swarm "${swarm.name}" needs a manager, and ${what}`, {
    hint: lines([
      say`Make another machine a manager first: ${run('swarm', 'promote', worker)}`,
      say`To end the whole swarm: ${run('swarm', 'down', swarm.name)}`,
    ]),
  });
}
