import { waitUntilSeen } from '../../swarm/join.js';
import { changeNode, type Node } from '../../swarm/nodes.js';
import { patient } from '../../swarm/patient.js';
import { hasQuorum, inNumbers, managersAmong, withOneDown } from '../../swarm/quorum.js';
import { tasksOn, waitUntilMoved } from '../../swarm/tasks.js';
import type { Availability } from '../../swarm/types.js';
import { TsmachineError } from '../errors.js';
import { inPassing, prefixed } from '../io.js';
import { regenerateCertificates } from '../provision.js';
import type { Session } from '../session.js';
import { upgradeMachine } from '../upgrade.js';
import { waitFor } from '../wait.js';
import { awaken } from './backup.js';
import { findSwarm } from './find.js';
import { withSwarm, type Swarm } from './swarm.js';

/** Milliseconds that tasks have to run elsewhere. */
const moveTimeout = 60_000;
/** Milliseconds for a new leader to hear of every node. */
const knownTimeout = 90_000;

/** Something that restarts engines, done to the nodes of a swarm one after the other. */
export interface RollingWork {
  /** As it stands in what is told: "upgraded". */
  readonly done: string;
  /** The command that goes on after a failure. */
  readonly command: string;
  /** Nothing is to be done to this node. */
  readonly isDone: (node: Node) => boolean;
  readonly work: (session: Session, name: string) => Promise<void>;
}

export function upgrading(version: string | undefined): RollingWork {
  return {
    done: 'upgraded',
    command: `tsmachine swarm upgrade${version === undefined ? '' : ` --engine-version ${version}`}`,
    isDone: ({ engineVersion }) => version !== undefined && (engineVersion === version || engineVersion.startsWith(`${version}.`) || engineVersion.startsWith(`${version}+`)),
    work: (session, name) => upgradeMachine(session, name, { settle: false, ...(version === undefined ? {} : { version }) }),
  };
}

export const certificates: RollingWork = {
  done: 'given new certificates',
  command: 'tsmachine swarm regenerate-certs',
  isDone: () => false,
  work: (session, name) => regenerateCertificates(session, name, { clientCerts: false, settle: false }),
};

/**
 * Works on every machine of a swarm, one after the other: each is drained first, and the next one waits until it takes part again.
 * Managers come first, the leader as the last of them, then workers, so that no worker is ever newer than its managers. The first failure
 * ends it, with what remains; a node stays drained then only if its engine did not return.
 * @throws TsmachineError SWARM_QUORUM before a manager is stopped that the others could not do without; what failed, with what remains
 */
export async function rollThrough(session: Session, given: string | undefined, rolling: RollingWork): Promise<void> {
  const { name } = await findSwarm(session, given);
  await session.store.swarms.lock(name, async () => withSwarm(session, await findSwarm(session, name), async (swarm) => {
    if (!swarm.manager) throw swarm.whyNoManager();
    const due = rollingOrder(Object.keys(swarm.record.members), (member) => swarm.nodeOf(member))
      .filter((machine) => machine in (swarm.record.drained ?? {}) || !isDone(swarm, machine, rolling));
    for (const [at, machine] of due.entries()) {
      session.signal.throwIfAborted();
      try {
        await rollOne(swarm, machine, rolling);
      } catch (error) {
        session.signal.throwIfAborted();
        throw remaining(error, machine, due.slice(at), rolling, name);
      }
      session.io.info(`${machine} is ${rolling.done} (${at + 1} of ${due.length}).`);
    }
    if (due.length === 0) session.io.info(`Every node of swarm "${name}" is ${rolling.done} already.`);
  }), { signal: session.signal });
}

/** Managers, the leader last of them; then workers. Machines that are no node are left alone. */
export function rollingOrder(names: readonly string[], nodeOf: (name: string) => Pick<Node, 'role' | 'leader'> | undefined): string[] {
  const rank = (name: string) => {
    const node = nodeOf(name);
    if (node?.role === 'worker') return 2;
    return node?.leader === true ? 1 : 0;
  };
  return names.filter((name) => nodeOf(name)).sort((a, b) => rank(a) - rank(b));
}

async function rollOne(swarm: Swarm, name: string, { work }: RollingWork): Promise<void> {
  const { session, session: { signal } } = swarm;
  await swarm.look();
  const { membership: { nodeId: id = '' } } = swarm.reached(name);
  const node = swarm.nodeOf(name);
  if (!node) return;
  refuseLoss(swarm, name, node);
  await drain(swarm, name, node);
  await work({ ...session, io: inPassing(prefixed(session.io, name)) }, name);
  if (node.role === 'manager') await awaken(swarm, name);
  await swarm.look();
  const beside = patient(swarm.managers.find((other) => other.name !== name)?.engine ?? swarm.control, signal);
  await waitUntilSeen(beside, { machine: name, id, role: node.role, signal });
  const before = swarm.record.drained?.[name];
  if (before !== undefined) await changeNode(beside, id, { availability: before });
  await noteDrained(swarm, name);
  await untilKnown(swarm, name);
}

/** A new leader knows of no node how it is until it has heard of it. */
async function untilKnown(swarm: Swarm, name: string): Promise<void> {
  await waitFor(async () => {
    await swarm.lookAtNodes();
    return swarm.manager && swarm.nodes.every(({ state }) => state !== 'unknown') ? true : undefined;
  }, { timeout: knownTimeout, maxInterval: 500, signal: swarm.session.signal, what: `the managers to hear of every node after ${name}` });
}

function refuseLoss(swarm: Swarm, name: string, { role }: Node): void {
  const now = managersAmong(swarm.nodes);
  if (role === 'worker' || hasQuorum(withOneDown(now))) return;
  if (now.total === 1) {
    swarm.session.io.warn(`${name} is the only manager: swarm "${swarm.name}" stands still while it is restarted`);
    return;
  }
  throw new TsmachineError('SWARM_QUORUM', `Swarm "${swarm.name}" would lose its quorum while ${name} is restarted: ${inNumbers(withOneDown(now))} (now ${inNumbers(now)})`, {
    hint: `Bring the others back first: tsmachine swarm status ${swarm.name}`,
  });
}

/** Its tasks move where there is another node that takes them; what it was is on disk first. */
async function drain(swarm: Swarm, name: string, { id, availability }: Node): Promise<void> {
  const { session: { io, signal } } = swarm;
  const elsewhere = swarm.nodes.some((node) => node.id !== id && node.availability === 'active' && node.state === 'ready');
  if (!elsewhere || (availability === 'drain' && !(name in (swarm.record.drained ?? {})))) return;
  const manager = patient(swarm.control, signal);
  await noteDrained(swarm, name, swarm.record.drained?.[name] ?? availability);
  const were = await tasksOn(manager, id);
  await changeNode(manager, id, { availability: 'drain' });
  const { waiting, stuck } = await waitUntilMoved(manager, id, were, {
    nodeAnswers: true, timeout: moveTimeout, signal,
    onProgress: (left) => { io.progress(`Waiting for ${left} task${left === 1 ? '' : 's'} to move from ${name}`, true); },
  });
  const left = waiting.length + stuck.length;
  if (left > 0) io.warn(`${left} of ${were.length} tasks of ${name} do not run elsewhere`);
}

async function noteDrained(swarm: Swarm, name: string, before?: Availability): Promise<void> {
  const { [name]: _, ...others } = swarm.record.drained ?? {};
  await swarm.keep({ drained: before === undefined ? others : { ...others, [name]: before } });
}

function isDone(swarm: Swarm, name: string, rolling: RollingWork): boolean {
  const node = swarm.nodeOf(name);
  return node !== undefined && rolling.isDone(node);
}

function remaining(error: unknown, name: string, left: readonly string[], { command }: RollingWork, swarm: string): TsmachineError {
  const { code, message, hint } = TsmachineError.from(error);
  const told = message.includes(name) ? message : `${name}: ${message}`;
  return new TsmachineError(code, told, {
    cause: error, hint: [...(hint === undefined ? [] : [hint]), `Not done: ${left.join(', ')}. Then go on: ${command} ${swarm}`].join('\n'),
  });
}
