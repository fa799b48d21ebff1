import type { MemberRecord } from '../../store/swarms.js';
import { joinToken } from '../engine/cluster.js';
import { joinSwarm, leaveSwarm, waitUntilSeen } from '../engine/init-join-leave.js';
import { changeNode } from '../engine/nodes.js';
import type { Availability, Labels, Role } from '../../base/swarm-node.js';
import { onEach } from '../../machine/choose/each.js';
import { TsmachineError } from '../../base/errors.js';
import { run, say } from '../../base/text.js';
import type { Io } from '../../base/io.js';
import type { Session } from '../../machine/session.js';
import { openMemberPorts } from './ports.js';
import { checkAddresses, namingAddresses, nodeAddresses, type GivenAddresses } from './addresses.js';
import { throwFailures } from '../../machine/choose/failures.js';
import { findSwarm, swarmOf } from '../reach/find.js';
import { lockSwarm } from '../reach/lock.js';
import { changedLabels, parseLabels } from './labels.js';
import { readCluster } from '../engine/cluster.js';
import { acrossNetworksHint, acrossNetworksText, networksOf } from '../model/networks.js';
import type { Reached, Swarm } from '../reach/swarm.js';
import { withSwarm } from '../reach/swarm.js';

/** How many workers join at once. */
const workersTogether = 10;

export interface JoinOptions extends GivenAddresses {
  readonly role: Role;
  /** `active` unless given; a node that is there keeps its own. */
  readonly availability?: Availability | undefined;
  /** All labels it is to have, or a change of those it has. A node keeps its own unless given. */
  readonly labels?: Labels | ((now: Labels) => Labels);
  readonly group?: string;
  /** For messages; the swarm's own by default. */
  readonly io?: Io;
}

export interface JoinRequest extends Omit<JoinOptions, 'labels' | 'role'> {
  /** Default `worker`. */
  readonly role?: Role;
  /** The machines may be in another network than the members; agreed to once, it is for good. */
  readonly acrossNetworks?: boolean;
  /** `key=value` each; a node that is there keeps its others. */
  readonly label?: readonly string[];
}

/**
 * Joins machines to a swarm: managers one after the other, each waited for until it counts, workers together.
 * @param to name of the swarm, or of a machine in it; may be left out when the store has one swarm
 * @throws TsmachineError FLAG_INVALID, SWARM_FOREIGN for a machine in another swarm, SWARM_STATE for a manager that is to be a worker,
 * SWARM_JOIN
 */
export async function joinMachines(
  session: Session,
  names: readonly string[],
  to?: string,
  { label = [], role = 'worker', acrossNetworks = false, ...rest }: JoinRequest = {},
): Promise<void> {
  checkAddresses(rest);
  const change = parseLabels(label, { removing: false });
  const options: JoinOptions = { ...rest, role, ...(label.length > 0 ? { labels: (now) => changedLabels(now, change) } : {}) };
  const record = await findSwarm(session, to);
  await lockSwarm(session, record.name, () =>
    withSwarm(
      session,
      record,
      async (swarm) => {
        await agreeAcrossNetworks(swarm, names, acrossNetworks);
        if (options.role === 'worker') for (const name of names) refuseManager(swarm, name);
        if (options.role === 'manager') for (const name of names) await joinMachine(swarm, name, options);
        else throwFailures(await onEach(names, workersTogether, (name) => joinMachine(swarm, name, options)));
      },
      names,
    ),
  );
}

/**
 * Makes a machine a node of the swarm, and the node what the options say. A machine that is one already, or whose join was
 * interrupted, is finished.
 * @throws TsmachineError SWARM_FOREIGN, SWARM_JOIN, WAIT_TIMEOUT
 */
export async function joinMachine(swarm: Swarm, name: string, options: JoinOptions): Promise<void> {
  const {
    session: { signal },
  } = swarm;
  const { role, availability, labels, group, io = swarm.session.io } = options;
  const node = (await isMember(swarm, name)) ? await nodeIdOf(swarm, name) : await join(swarm, swarm.reached(name), options);
  const member: MemberRecord = { ...swarm.record.members[name], role, node, ...(group === undefined ? {} : { group }) };
  await swarm.keepMember(name, member);
  await changeNode(swarm.control, node, { role, ...(availability ? { availability } : {}), ...(labels ? { labels } : {}) });
  await waitUntilSeen(swarm.control, { machine: name, id: node, role, signal });
  if (swarm.record.rejoining?.[name]) await swarm.keepRejoined(name);
  await swarm.lookAt(name);
  io.info(`${name} is a ${role} of swarm "${swarm.name}".`);
}

/** @throws TsmachineError SWARM_STATE when the machines and the members are in different networks, and nobody has agreed to that */
async function agreeAcrossNetworks(swarm: Swarm, names: readonly string[], isAgreed: boolean): Promise<void> {
  const { record } = swarm;
  if (record.acrossNetworks === true) return;
  const placed = [...swarm.members.values()].flatMap(({ name, machine }) => {
    if (!machine || !(name in record.members || names.includes(name))) return [];
    return [{ machine: name, place: machine.place, hasNetwork: machine.driver.place !== undefined }];
  });
  const networks = networksOf(placed);
  if (networks.length === 0) return;
  if (!isAgreed) throw new TsmachineError('SWARM_STATE', acrossNetworksText(swarm.name, networks), { hint: acrossNetworksHint });
  await swarm.keep({ acrossNetworks: true });
}

/** A join demotes nobody, because it does not check that the managers that stay are enough. */
function refuseManager(swarm: Swarm, name: string): void {
  if (swarm.nodeOf(name)?.role !== 'manager') return;
  throw new TsmachineError('SWARM_STATE', `${name} is a manager of swarm "${swarm.name}" already`, {
    hint: say`To make it a worker: ${run('swarm', 'demote', name)}`,
  });
}

/** Whether the machine is a node of this swarm already. @throws TsmachineError SWARM_FOREIGN when it is one of another */
async function isMember(swarm: Swarm, name: string): Promise<boolean> {
  const {
    membership: { state, nodeId, cluster },
  } = swarm.reached(name);
  if (state === 'locked') {
    throw new TsmachineError('SWARM_LOCKED', `${name} is a locked manager of a swarm`, {
      hint: say`${run('swarm', 'unlock', name)}, or free it: ${run('swarm', 'leave', '--force', name)}`,
    });
  }
  if (state === 'inactive' || (state !== 'active' && name in swarm.record.members)) return false; // what an interrupted join left
  if (swarm.nodes.some((node) => node.id === nodeId)) return true;
  await swarm.lookAtNodes(); // it may have joined since we looked
  if (swarm.nodes.some((node) => node.id === nodeId)) return true;
  const other = await swarmOf(swarm.session, name);
  const which =
    other && other.name !== swarm.name ? `swarm "${other.name}"` : `another swarm${cluster === undefined ? '' : ` (id ${cluster})`}`;
  throw new TsmachineError('SWARM_FOREIGN', `${name} is in ${which} already`, {
    hint: say`Free it first: ${run('swarm', 'leave', '--force', name)}`,
  });
}

async function nodeIdOf(swarm: Swarm, name: string): Promise<string> {
  const {
    membership: { nodeId },
  } = await swarm.lookAt(name);
  if (nodeId === undefined)
    throw new TsmachineError('SWARM_STATE', `${name} has left the swarm in the meantime`, { hint: 'Run the command again' });
  return nodeId;
}

async function join(
  swarm: Swarm,
  { name, machine, engine, membership }: Reached,
  { role, availability = 'active', io = swarm.session.io, ...options }: JoinOptions,
): Promise<string> {
  const {
    session: { signal },
  } = swarm;
  const { engine: manager } = swarm.reached(swarm.manager?.name ?? name);
  const addresses = await nodeAddresses(swarm, machine, options);
  await swarm.keepMember(name, { ...swarm.record.members[name], role });
  await openMemberPorts(swarm, [name], (await readCluster(swarm.control)).dataPathPort);
  if (membership.state !== 'inactive') await leaveSwarm(engine, { force: true }); // what an interrupted or failed join left
  io.progress(`Joining ${name} as a ${role}`);
  const { nodeId = '' } = await namingAddresses(swarm.session, machine, async () =>
    joinSwarm(engine, manager, {
      ...addresses,
      role,
      availability,
      signal,
      token: await joinToken(manager, role),
      managers: managerAddresses(swarm),
    }),
  );
  return nodeId;
}

/** Every manager as the swarm itself knows them: never guessed. */
function managerAddresses(swarm: Swarm): string[] {
  return swarm.nodes.flatMap((node) => node.managerAddress ?? []);
}
