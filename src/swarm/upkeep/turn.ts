import { findNode, changeNode, waitForNode, type Node } from '../engine/nodes.js';
import { waitUntilSeen } from '../engine/init-join-leave.js';
import { patient } from '../engine/patient.js';
import type { Turn } from './turn-order.js';
import type { Engine } from '../../docker/client.js';
import { TsmachineError, messageOf } from '../../base/errors.js';
import { say } from '../../base/text.js';
import { inPassing, prefixed } from '../../base/io.js';
import { withoutMembership } from '../followers.js';
import type { Session } from '../../machine/session.js';
import { unlessTimeout, waitFor } from '../../base/wait.js';
import { managerBeside, moveTasks } from '../members/leave/depart.js';
import { checkRestart } from './restart.js';
import type { Swarm } from '../reach/swarm.js';
import { unlockMember } from '../rescue/unlock.js';

/** Milliseconds for a restarted engine to be part of the swarm again. */
const returnTimeout = 90_000;
/** Milliseconds for managers to elect a leader. */
const electionTimeout = 30_000;

export interface TurnWork {
  /** What is done, without the machine: "Upgrading". */
  readonly doing: string;
  /** The work, which may restart the machine's engine. */
  readonly work: (session: Session, name: string) => Promise<void>;
  /** Move the node's tasks away first. */
  readonly drain: boolean;
}

/** A member as it is now. If no manager knows its node, it has the role that the store knows. */
export function turnOf(swarm: Swarm, name: string): Turn {
  const node = swarm.nodeOf(name);
  const role = node?.role ?? swarm.record.members[name]?.role ?? 'worker';
  const well =
    swarm.members.get(name)?.engine !== undefined && node?.state === 'ready' && (role === 'worker' || node.reachability === 'reachable');
  return { name, role, leader: node?.leader === true, well };
}

/**
 * One node's turn: its tasks are moved away, the work is done, a locked manager is unlocked, the managers see the node as Ready (and
 * Reachable), and it gets back the availability it had, which is in the swarm's record before the node is drained.
 * @throws TsmachineError SWARM_QUORUM before anything is done, and what `work` throws: a node that is ready all the same takes tasks again
 */
export async function takeTurn(swarm: Swarm, name: string, { doing, work, drain }: TurnWork): Promise<void> {
  const {
    session,
    session: { io, signal },
  } = swarm;
  await waitForManager(swarm);
  const node = swarm.nodeOf(name);
  if (node && checkRestart(swarm.name, name, node, swarm.nodes) === 'paused') {
    io.warn(`Swarm "${swarm.name}" cannot change anything until ${name} is back: with fewer than 3 managers, none can be missing`);
  }
  if (node && drain) await drainForWork(swarm, name, node);
  signal.throwIfAborted();
  try {
    io.progress(`${doing} ${name}`);
    await work({ ...withoutMembership(session), io: inPassing(prefixed(io, name)) }, name);
    await waitUntilBack(swarm, name);
  } catch (error) {
    signal.throwIfAborted();
    await putBackIfWell(swarm, name);
    throw error;
  }
  await putBack(swarm, name);
}

/** After the leader restarts the others need a second or two to elect one. @throws TsmachineError why no manager answers */
export async function waitForManager(swarm: Swarm): Promise<void> {
  if (swarm.managers.length === 0) return; // no certificate is valid any more: the first machine that gets a new one is asked
  const manager = await unlessTimeout(
    waitFor(
      async () => {
        await swarm.lookAtNodes();
        return swarm.manager;
      },
      { timeout: electionTimeout, signal: swarm.session.signal, what: `a manager of swarm "${swarm.name}" to answer` },
    ),
  );
  if (!manager) throw swarm.whyNoManager();
}

/** Moves the node's tasks away, if another node can take them. */
async function drainForWork(swarm: Swarm, name: string, node: Node): Promise<void> {
  const {
    session: { io, signal },
    record: { drained = {} },
  } = swarm;
  if (node.availability === 'drain' || node.state !== 'ready') return;
  if (!swarm.nodes.some(({ id, state, availability }) => id !== node.id && state === 'ready' && availability === 'active')) {
    io.warn(`${name} keeps its tasks, which stop while its engine restarts: no other node can take them`);
    return;
  }
  await swarm.keep({ drained: { ...drained, [name]: node.availability } });
  io.progress(`Draining ${name}`);
  await moveTasks(swarm, patient(managerFor(swarm, name), signal), name, {
    id: node.id,
    answers: swarm.members.get(name)?.engine !== undefined,
  });
}

/** Waits until both the node and the managers say that it is part of its swarm again. @throws TsmachineError WAIT_TIMEOUT, SWARM_LOCKED */
export async function waitUntilBack(swarm: Swarm, name: string): Promise<void> {
  const {
    session: { io, signal },
  } = swarm;
  io.progress(`Waiting for ${name} to rejoin the swarm`);
  const { engine, membership } = await waitFor(
    async () => {
      const reached = await swarm.lookAt(name);
      const { state, error, control } = reached.membership;
      if (state === 'error')
        throw new TsmachineError('SWARM_STATE', `The engine of ${name} cannot rejoin the swarm: ${error ?? 'no reason given'}`);
      if (state === 'locked') await unlockMember(swarm, name);
      return state === 'active' && (control || turnOf(swarm, name).role === 'worker') ? reached : undefined;
    },
    { timeout: returnTimeout, signal, what: `${name} to rejoin the swarm` },
  );
  await waitForManager(swarm);
  const { nodeId: id } = membership;
  const node = swarm.nodeOf(name);
  if (id === undefined || !node) return;
  // The managers may still see it as it was before: it is back once they know the engine that runs now.
  for (const asked of [managerFor(swarm, name), ...(node.role === 'manager' ? [engine] : [])].map((one) => patient(one, signal))) {
    await waitUntilSeen(asked, { machine: name, id, role: node.role, signal });
    await waitForNode(asked, id, (seen) => seen?.engineVersion === membership.engineVersion, {
      what: `the managers to see the new engine of ${name}`,
      timeout: returnTimeout,
      signal,
    });
  }
  await waitForReports(swarm);
}

/** A new leader does not know the state of a node until the node has reported to it: the next turn waits for that. */
async function waitForReports(swarm: Swarm): Promise<void> {
  await waitFor(
    async () => {
      await waitForManager(swarm);
      return swarm.nodes.some(({ state }) => state === 'unknown') ? undefined : true;
    },
    { timeout: returnTimeout, signal: swarm.session.signal, what: `every node of swarm "${swarm.name}" to report to its leader` },
  );
}

/** Gives a node the availability it had, and removes that from the record. */
export async function putBack(swarm: Swarm, name: string): Promise<void> {
  const before = swarm.record.drained?.[name];
  const node = swarm.nodeOf(name);
  if (before === undefined) return;
  const manager = patient(managerFor(swarm, name), swarm.session.signal);
  if (node && (await findNode(manager, node.id))?.availability === 'drain') await changeNode(manager, node.id, { availability: before });
  const { [name]: _, ...others } = swarm.record.drained ?? {};
  await swarm.keep({ drained: others });
}

/** After a failure: a node that is ready takes tasks again; one that is not stays drained, and the record says so. */
async function putBackIfWell(swarm: Swarm, name: string): Promise<void> {
  const {
    session: { io, signal },
  } = swarm;
  if (swarm.record.drained?.[name] === undefined) return;
  try {
    await swarm.lookAt(name);
    await waitForManager(swarm);
    if (!turnOf(swarm, name).well) throw new TsmachineError('SWARM_STATE', 'its node is not ready');
    await putBack(swarm, name);
  } catch (error) {
    signal.throwIfAborted();
    io.warn(say`${name} stays drained: ${messageOf(error)}`);
  }
}

/** Another manager, if one answers, because this one restarts. */
function managerFor(swarm: Swarm, name: string): Engine {
  return swarm.managers.some((other) => other.name !== name) ? managerBeside(swarm, name) : swarm.control;
}
