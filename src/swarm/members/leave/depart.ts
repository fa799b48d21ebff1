import type { Engine } from '../../../docker/client.js';
import { leaveSwarm } from '../../engine/init-join-leave.js';
import { membershipOf, type Membership } from '../../engine/membership.js';
import { changeNode, findNode, removeNode, type Node } from '../../engine/nodes.js';
import { patient } from '../../engine/patient.js';
import { idsBeside, tasksOn, waitUntilMoved } from '../../engine/tasks.js';
import { TsmachineError } from '../../../base/errors.js';
import { lines, run, say } from '../../../base/text.js';
import { demoteAndWait } from '../demote.js';
import { checkDeparture, nodesAsSeen } from './departure.js';
import type { Swarm } from '../../reach/swarm.js';

/** Milliseconds for tasks to end and run elsewhere: for those that take longer there is a warning. */
const moveTimeout = 60_000;

export interface DepartOptions {
  /** The machine's engine need not answer: the managers remove its node. The quorum is kept all the same. */
  readonly force: boolean;
  /** The record keeps the member, because its machine is removed next and that may be interrupted. */
  readonly remembered?: boolean;
}

/**
 * Takes a machine out of its swarm in the order that keeps services running and managers deciding: drain, wait until its tasks run
 * elsewhere, demote, wait until it is a worker, leave, remove its node, forget it in the store.
 * Steps that are done already are skipped, so that an interrupted departure is finished by another. With the last node the swarm ends,
 * and its record goes: `last`. The caller holds the swarm's lock; several workers may depart at once, managers one after the other.
 * @throws TsmachineError SWARM_QUORUM before anything was done, when the swarm would lose its quorum without this manager, or has none now;
 * SWARM_STATE, SWARM_LOCKED; without `force` why the engine does not answer
 */
export async function depart(swarm: Swarm, name: string, { force, remembered = false }: DepartOptions): Promise<'one' | 'last'> {
  const { session } = swarm;
  await swarm.lookAtNodes();
  if (swarm.record.cluster !== undefined && !swarm.manager && !isOutside(swarm, name)) throw swarm.whyNoManager();
  const nodes = nodesAsSeen(swarm);
  const node = nodes.find(({ id }) => id === swarm.nodeOf(name)?.id);
  const leaves = node && checkDeparture(swarm.name, name, node, nodes);
  if (node && !force) requireAnswer(swarm, name);
  if (leaves === 'last') {
    await leave(swarm, name);
    await session.store.swarms.remove(swarm.name);
    return 'last';
  }
  if (node) await moveOut(swarm, name, node);
  else await leave(swarm, name);
  await removeStale(swarm, name);
  if (!remembered) await swarm.forgetMember(name);
  return 'one';
}

async function moveOut(swarm: Swarm, name: string, node: Node): Promise<void> {
  const {
    session: { io, signal },
  } = swarm;
  const { id, state, role } = node;
  const manager = patient(managerBeside(swarm, name), signal);
  await moveTasks(swarm, manager, name, { id, answers: state === 'ready' && swarm.members.get(name)?.engine !== undefined });
  if (role === 'manager') {
    io.progress(`Demoting ${name}`);
    await demoteAndWait(manager, node, { name, swarm: swarm.name, signal, engine: swarm.members.get(name)?.engine });
  }
  io.progress(`Taking ${name} out of the swarm`);
  await leave(swarm, name);
  // Forced, because managers take ten seconds and more to notice that a node has left.
  await removeNode(manager, id, { force: true });
}

/** Drains the node and waits for its tasks. */
export async function moveTasks(
  swarm: Swarm,
  manager: Engine,
  name: string,
  { id, answers }: { id: string; answers: boolean },
): Promise<void> {
  const {
    session: { io, signal },
  } = swarm;
  const were = await tasksOn(manager, id);
  const old = await idsBeside(manager, were);
  await changeNode(manager, id, { availability: 'drain' });
  const { waiting, stuck, why } = await waitUntilMoved(manager, id, were, {
    nodeAnswers: answers,
    old,
    timeout: moveTimeout,
    signal,
    onProgress: (left) => {
      io.progress(`Waiting for ${left} task${left === 1 ? '' : 's'} to move from ${name}`, true);
    },
  });
  const reasons = why.length === 0 ? '' : `: ${why.join('; ')}`;
  if (stuck.length > 0) io.warn(`${stuck.length} of ${were.length} tasks of ${name} cannot run on another node${reasons}`);
  if (waiting.length > 0)
    io.warn(`${waiting.length} of ${were.length} tasks of ${name} did not run elsewhere within ${moveTimeout / 1000} s${reasons}`);
}

/** A manager to ask that is not the one to go. @throws TsmachineError SWARM_STATE */
export function managerBeside(swarm: Swarm, name: string): Engine {
  const { manager } = swarm;
  const beside = manager && manager.name !== name ? manager : swarm.managers.find((other) => other.name !== name);
  if (beside) return beside.engine;
  throw new TsmachineError('SWARM_STATE', `${name} is the only manager of swarm "${swarm.name}" that answers`, {
    hint: say`List the others: ${run('swarm', 'nodes', swarm.name)}`,
  });
}

/** Makes the engine forget the swarm, if it answers. One that is in another swarm is left alone. */
async function leave(swarm: Swarm, name: string): Promise<void> {
  const { engine } = swarm.members.get(name) ?? {};
  if (engine && isOurs(swarm, name, await membershipOf(engine))) await leaveSwarm(engine, { force: true });
}

/** Whether an engine is in this swarm, or is joining it. */
function isOurs(swarm: Swarm, name: string, { state, nodeId, cluster }: Membership): boolean {
  if (state === 'inactive') return false;
  if (cluster !== undefined) return cluster === swarm.record.cluster;
  return nodeId === undefined || nodeId === swarm.record.members[name]?.node || swarm.nodes.some(({ id }) => id === nodeId);
}

/** It never became a node, so the managers need not be asked. */
function isOutside(swarm: Swarm, name: string): boolean {
  const { machine, unfinished = true, membership } = swarm.members.get(name) ?? {};
  return swarm.record.members[name]?.node === undefined && (!machine || unfinished || membership?.state === 'inactive');
}

/** Removes the node that it was before it left and joined again by hand. */
async function removeStale(swarm: Swarm, name: string): Promise<void> {
  const id = swarm.record.members[name]?.node;
  const manager = swarm.managers.find((other) => other.name !== name);
  if (id === undefined || !manager) return;
  const asked = patient(manager.engine, swarm.session.signal);
  if ((await findNode(asked, id))?.state === 'down') await removeNode(asked, id, { force: true });
}

/** @throws TsmachineError why the engine of the machine does not answer */
function requireAnswer(swarm: Swarm, name: string): void {
  try {
    swarm.reached(name);
  } catch (cause) {
    const { code, text, hint } = TsmachineError.from(cause);
    const gone = say`When it is gone for good: ${run('swarm', 'leave', '--force', name)}`;
    throw new TsmachineError(code, text, { cause, hint: lines([hint, gone]) });
  }
}
