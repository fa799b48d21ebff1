import type { MemberRecord, Rejoin } from '../../store/swarms.js';
import { leaveSwarm } from '../engine/init-join-leave.js';
import { changeNode, removeNode, type Node } from '../engine/nodes.js';
import { patient } from '../engine/patient.js';
import { onEach } from '../../machine/choose/each.js';
import { TsmachineError, messageOf } from '../../base/errors.js';
import { join, run, say } from '../../base/text.js';
import { waitFor } from '../../base/wait.js';
import { throwFailures } from '../../machine/choose/failures.js';
import { nodeAddresses } from '../members/addresses.js';
import { joinMachine } from '../members/join.js';
import type { Swarm } from '../reach/swarm.js';

/** Milliseconds for workers to find the only manager by themselves. They try every manager they know, at growing intervals. */
const findTimeout = 75_000;

/**
 * Brings the other members back after one manager went on alone. A member that has an older state of the swarm leaves it first, and joins
 * again with the role, labels and availability that its node had. The record keeps those that do not answer; they join when they return.
 * Steps that are already done are skipped.
 * @param only the only manager
 * @throws what failed for each member
 */
export async function bringBack(swarm: Swarm, only: string): Promise<void> {
  const {
    session: { io },
  } = swarm;
  await dropOldManagers(swarm, only);
  await recordNodes(swarm);
  const due = Object.entries(swarm.record.rejoining ?? {}).sort(([, a], [, b]) => rank(a) - rank(b));
  for (const [name, { role }] of due) if (role === 'manager') await rejoinIfReached(swarm, name);
  throwFailures(
    await onEach(
      due.flatMap(([name, { role }]) => (role === 'worker' ? [name] : [])),
      10,
      (name) => rejoinIfReached(swarm, name),
    ),
  );
  await waitForWorkers(swarm, only);
  await swarm.lookAtNodes();
  const manager = patient(swarm.control, swarm.session.signal);
  for (const node of lostNodes(swarm)) {
    await removeNode(manager, node.id, { force: true });
    io.info(`Removed node ${node.hostname} from swarm "${swarm.name}": its machine no longer exists.`);
  }
  await swarm.look();
}

/** Managers with the older state leave it, because they would go on voting in it. */
async function dropOldManagers(swarm: Swarm, only: string): Promise<void> {
  const old = Object.entries(swarm.record.rejoining ?? {}).filter(
    ([name, before]) => before.role === 'manager' && hasOldState(swarm, only, name, before),
  );
  if (old.length === 0) return;
  throwFailures(
    await onEach(
      old.map(([name]) => name),
      10,
      async (name) => {
        swarm.session.io.progress(`Removing the old state of swarm "${swarm.name}" from ${name}`);
        await leaveSwarm(swarm.reached(name).engine, { force: true });
      },
    ),
  );
  await swarm.look();
}

/**
 * Whether a member's engine still has the older state of the swarm. A manager that returns before its state was removed is taken into the
 * new quorum by the engines themselves: it must be demoted before it leaves.
 */
function hasOldState(swarm: Swarm, only: string, name: string, before: Rejoin): boolean {
  const { membership } = swarm.members.get(name) ?? {};
  if (!membership || membership.state === 'inactive' || name === only) return false;
  const node = swarm.nodes.find(({ id }) => id === membership.nodeId && id !== swarm.members.get(only)?.membership?.nodeId);
  return !node || (node.reachability === undefined && node.id === (before.node ?? swarm.record.members[name]?.node));
}

/** Lets one member join again, after its node's role, labels and availability were recorded. */
export async function rejoinNow(swarm: Swarm, name: string, before: Rejoin): Promise<void> {
  await swarm.keep({ rejoining: { ...swarm.record.rejoining, [name]: before } });
  await recordNodes(swarm);
  await rejoin(swarm, name, swarm.record.rejoining?.[name] ?? before);
}

/** A member that has an older state of the swarm leaves it, and joins again. */
async function rejoin(swarm: Swarm, name: string, before: Rejoin): Promise<void> {
  const { engine, machine } = swarm.reached(name);
  await nodeAddresses(swarm, machine, {}); // what refuses the join does so before it leaves
  if (hasOldState(swarm, swarm.manager?.name ?? '', name, before)) await leaveSwarm(engine, { force: true });
  await swarm.lookAt(name);
  await swarm.lookAtNodes();
  if (before.node !== undefined && swarm.members.get(name)?.membership?.nodeId !== before.node) await removeFormerNode(swarm, before.node);
  await swarm.lookAtNodes();
  const member: MemberRecord | undefined = swarm.record.members[name];
  await joinMachine(swarm, name, {
    role: before.role,
    availability: before.availability ?? 'active',
    labels: before.labels ?? {},
    ...(member?.group === undefined ? {} : { group: member.group }),
  });
  await swarm.lookAtNodes();
}

/** Records the availability and the labels of the nodes before any of them is removed. */
async function recordNodes(swarm: Swarm): Promise<void> {
  const { members, rejoining = {} } = swarm.record;
  const complete = Object.entries(rejoining).map(([name, before]): [string, Rejoin] => {
    const node = swarm.nodes.find(({ id }) => id === (before.node ?? members[name]?.node));
    return [
      name,
      node && before.labels === undefined ? { ...before, node: node.id, availability: node.availability, labels: node.labels } : before,
    ];
  });
  await swarm.keep({ rejoining: Object.fromEntries(complete) });
}

async function rejoinIfReached(swarm: Swarm, name: string): Promise<void> {
  const {
    session: { io },
  } = swarm;
  const before = swarm.record.rejoining?.[name];
  if (!before) return;
  const member = swarm.members.get(name);
  if (member?.engine) {
    await rejoin(swarm, name, before);
    return;
  }
  if (before.node !== undefined) await removeFormerNode(swarm, before.node);
  if (!member?.machine && !member?.error) {
    await swarm.forgetMember(name);
    io.warn(`The machine ${name} no longer exists: it was removed from swarm "${swarm.name}", where it was a ${before.role}`);
    return;
  }
  io.warn(
    join(
      [
        say`${name} does not answer (${messageOf(unreachable(swarm, name))}). `,
        say`It joins again as a ${before.role} when it returns (${run('start', name)}). `,
        say`If it is lost: ${run('swarm', 'replace', name)}`,
      ],
      '',
    ),
  );
}

async function removeFormerNode(swarm: Swarm, id: string): Promise<void> {
  const manager = patient(swarm.control, swarm.session.signal);
  const former = swarm.nodes.find((node) => node.id === id);
  if (!former || id === swarm.manager?.membership.nodeId) return;
  // a manager without reachability is not in this quorum, so the engine cannot demote it
  if (former.role === 'manager' && former.reachability !== undefined) await changeNode(manager, id, { role: 'worker' });
  await removeNode(manager, id, { force: true });
}

/** Workers find the manager by themselves as long as they know its address. Those that have not found it in time join again. */
async function waitForWorkers(swarm: Swarm, only: string): Promise<void> {
  const {
    session: { io, signal },
  } = swarm;
  const missing = () =>
    Object.keys(swarm.record.members).filter((name) => {
      const { engine, membership } = swarm.members.get(name) ?? {};
      return (
        name !== only &&
        engine !== undefined &&
        membership?.state === 'active' &&
        !(name in (swarm.record.rejoining ?? {})) &&
        swarm.nodeOf(name) !== undefined &&
        swarm.nodeOf(name)?.state !== 'ready'
      );
    });
  await swarm.lookAtNodes();
  if (missing().length === 0) return;
  io.progress(`Waiting for ${missing().join(', ')} to find ${only}`);
  try {
    await waitFor(
      async () => {
        await swarm.lookAtNodes();
        return missing().length === 0 ? true : undefined;
      },
      { timeout: findTimeout, maxInterval: 1000, signal, what: `${missing().join(', ')} to find ${only}` },
    );
  } catch (error) {
    if (!TsmachineError.is(error) || error.code !== 'WAIT_TIMEOUT') throw error;
    const late = Object.fromEntries(missing().map((name) => [name, { role: swarm.record.members[name]?.role ?? 'worker' }]));
    await swarm.keep({ rejoining: { ...swarm.record.rejoining, ...late } });
    await recordNodes(swarm);
    for (const name of Object.keys(late)) await rejoinIfReached(swarm, name);
  }
}

/** Nodes that are down and belong to no member. */
function lostNodes(swarm: Swarm): Node[] {
  const known = new Set(Object.values(swarm.record.members).map(({ node }) => node));
  return swarm.nodes.filter((node) => !known.has(node.id) && node.state !== 'ready' && swarm.machineOf(node) === undefined);
}

function rank({ availability }: Rejoin): number {
  return availability === 'active' ? 0 : 1;
}

function unreachable(swarm: Swarm, name: string): unknown {
  try {
    swarm.reached(name);
    return undefined;
  } catch (error) {
    return error;
  }
}
