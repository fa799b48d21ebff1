import type { TsmachineError } from '../../base/errors.js';
import { evaluate, lines, run, say, type Command, type Text } from '../../base/text.js';
import type { Node } from '../engine/nodes.js';
import { isConverged, type ServiceState } from '../engine/services.js';
import { quorumWarnings } from '../model/manager-count.js';
import { hasQuorum, inNumbers, managersAmong } from '../model/quorum.js';
import { isOff, type Member } from '../reach/member.js';
import type { Moved } from './moved.js';
import { networkProblems, type NetworkFacts } from './network-problems.js';
import type { KnownNodes } from './nodes.js';

export interface StatusProblem {
  /** A `fault` makes the swarm unhealthy; a `warning` does not. */
  readonly level: 'fault' | 'warning';
  readonly message: Text;
  /** The commands that fix it. */
  readonly fix?: Text;
}

/** What is known besides the nodes. */
export interface SwarmFacts {
  /** Why no manager answers for the swarm. */
  readonly trouble?: TsmachineError;
  readonly services: readonly ServiceState[];
  readonly moved: readonly Moved[];
  readonly ca?: { readonly expires: Date; readonly rotating: boolean };
  /** Known only while a manager answers. */
  readonly networking?: NetworkFacts;
}

/** What is wrong with a swarm, and the commands that fix it; faults first. @param now milliseconds since 1970 */
export function problemsOf(swarm: KnownNodes, facts: SwarmFacts, now: number): StatusProblem[] {
  const all = [
    ...(facts.trouble ? [fault(facts.trouble.text, facts.trouble.hint)] : []),
    ...quorumProblems(swarm),
    ...swarm.nodes.flatMap((node) => nodeProblems(swarm, node)),
    ...Object.keys(swarm.record.members).flatMap((name) => memberProblems(swarm, name, facts.trouble === undefined)),
    ...facts.moved.map((moved) => movedProblem(swarm, moved)),
    ...facts.services
      .filter((service) => !isConverged(service))
      .map(({ name, running, wanted }) =>
        fault(`Service ${name}: ${running} of ${wanted} tasks are running`, lines([onManager(swarm), `docker service ps ${name}`])),
      ),
    ...(facts.networking ? networkProblems(swarm.name, facts.networking, managerOf(swarm)) : []).map(({ message, fix }) =>
      fault(message, fix),
    ),
    ...caProblems(swarm.name, facts.ca, now),
    ...warnings(swarm),
  ];
  return [...all.filter(({ level }) => level === 'fault'), ...all.filter(({ level }) => level === 'warning')];
}

/** Asked of the nodes, because a leader that is left alone still answers for some seconds. */
function quorumProblems({ name, nodes }: KnownNodes): StatusProblem[] {
  const managers = managersAmong(nodes);
  if (nodes.length === 0 || hasQuorum(managers)) return [];
  return [
    fault(
      `Swarm "${name}" has lost its quorum: ${inNumbers(managers)}`,
      say`Start the managers below. If they are lost for good: ${run('swarm', 'recover', name)}`,
    ),
  ];
}

function movedProblem(swarm: KnownNodes, { machine, advertised, addresses }: Moved): StatusProblem {
  return fault(
    `The other nodes expect ${machine} at ${advertised}, but its host has ${addresses.join(', ')}`,
    lines([say`If a file declares the swarm: ${run('swarm', 'up')}`, say`Otherwise: ${rejoin(swarm, machine)}`]),
  );
}

/** The machine of the leader, else of another manager that the others reach; the word where this store has none. */
function managerMachine(swarm: KnownNodes): string {
  const managers = swarm.nodes.filter(({ leader, reachability }) => leader || reachability === 'reachable');
  const machines = [...managers].sort((a, b) => Number(b.leader) - Number(a.leader)).flatMap((node) => swarm.machineOf(node) ?? []);
  return machines[0] ?? 'MANAGER';
}

const onManager = (swarm: KnownNodes): Command => evaluate('env', managerMachine(swarm));
const managerOf = (swarm: KnownNodes) => ({ manager: managerMachine(swarm), onManager: onManager(swarm) });

/** What is wrong with a node, as its managers see it. */
function nodeProblems(swarm: KnownNodes, node: Node): StatusProblem[] {
  const name = swarm.machineOf(node);
  if (node.state === 'ready' && (node.role === 'worker' || node.reachability === 'reachable')) {
    return name === undefined ? [] : unnoticed(swarm.members.get(name));
  }
  const is = node.state === 'ready' ? 'is a manager that the other managers cannot reach' : `is ${node.state}`;
  if (name === undefined) {
    // a manager without reachability is no longer in the raft group, so it cannot be demoted
    const demote = node.reachability === undefined ? undefined : `docker node demote ${node.id}`;
    return [
      fault(
        `Node ${node.hostname === '' ? node.id : node.hostname} ${is}, and it is not a machine of this store`,
        lines([onManager(swarm), demote, `docker node rm --force ${node.id}`]),
      ),
    ];
  }
  const member = swarm.members.get(name);
  if (!member || (!member.machine && !member.error)) {
    return [fault(`${name} ${is}: the machine no longer exists`, leave(name, '--force'))];
  }
  const { membership, state = 'unknown', error } = member;
  if (membership?.state === 'locked') return [locked(swarm, name)];
  if (membership?.state === 'error') {
    return [fault(`${name} ${is}: ${membership.error ?? 'its engine gives no reason'}`, rejoin(swarm, name, '--force'))];
  }
  if (membership?.state === 'active') return [fault(`${name} ${is}, although its engine answers`, run('swarm', 'check', swarm.name))];
  if (membership) return [fault(`${name} ${is}: its engine is not in a swarm`, join(name, node.role))];
  if (error) return [fault(`${name} ${is}: ${oneLine(error.message)}`, lines([run('doctor', name), orReplace(name)]))];
  return [fault(`${name} ${is}: its machine is ${state.toLowerCase()}`, lines([run('start', name), orReplace(name)]))];
}

/** Managers take some seconds to notice that a node is gone, but the state of its machine is known at once. */
function unnoticed(member: Member | undefined): StatusProblem[] {
  if (!member || !isOff(member)) return [];
  const { name, state = 'unknown' } = member;
  return [
    fault(
      `The machine of ${name} is ${state.toLowerCase()}, which the managers have not noticed yet`,
      lines([run('start', name), orReplace(name)]),
    ),
  ];
}

/** A machine of the record that is not a node. @param nodesKnown whether a manager answered, so that the nodes are known */
function memberProblems(swarm: KnownNodes, name: string, nodesKnown: boolean): StatusProblem[] {
  if (nodesKnown && swarm.nodeOf(name)) return [];
  const member = swarm.members.get(name);
  if (nodesKnown && member?.membership) return [fault(`${name} is not a node of the swarm`, join(name, roleOf(swarm, name)))];
  return member ? unreachedProblems(member, swarm, nodesKnown) : [];
}

function unreachedProblems(member: Member, swarm: KnownNodes, nodesKnown: boolean): StatusProblem[] {
  const { name, machine, unfinished, state, membership, error } = member;
  if (unfinished)
    return [fault(`The creation of ${name} was interrupted`, say`Run it again, or remove the machine: ${run('rm', '-y', name)}`)];
  if (membership?.state === 'locked') return nodesKnown ? [locked(swarm, name)] : [];
  if (membership) return membership.error === undefined ? [] : [fault(`${name}: ${oneLine(membership.error)}`)];
  if (error) return [fault(`${name}: ${oneLine(error.message)}`, run('doctor', name))];
  if (!machine) return [fault(`The machine ${name} no longer exists`, nodesKnown ? leave(name, '--force') : undefined)];
  return [fault(`The machine of ${name} is ${(state ?? 'unknown').toLowerCase()}`, run('start', name))];
}

/** Milliseconds before the expiry of the root CA at which a warning begins. */
const warnBefore = 30 * 24 * 3600_000;

function caProblems(name: string, ca: SwarmFacts['ca'], now: number): StatusProblem[] {
  if (!ca) return [];
  const left = ca.expires.getTime() - now;
  const day = ca.expires.toISOString().slice(0, 10);
  const rotate = run('swarm', 'ca', '--rotate', name);
  const rotating = warning(
    'The root CA is being replaced, and some nodes still have certificates of the old one',
    run('swarm', 'ca', '--wait', name),
  );
  const expiry = left < 0 ? [fault(`The root CA expired on ${day}`, rotate)] : [warning(`The root CA expires on ${day}`, rotate)];
  return [...(ca.rotating ? [rotating] : []), ...(left < warnBefore ? expiry : [])];
}

function warnings(swarm: KnownNodes): StatusProblem[] {
  const { name, nodes } = swarm;
  const versions = [...new Set(nodes.map(({ engineVersion }) => engineVersion).filter((version) => version !== ''))].sort();
  const takesTasks = nodes.length === 0 || nodes.some(({ state, availability }) => state === 'ready' && availability === 'active');
  const machinesOf = (is: (node: Node) => boolean) => nodes.filter(is).flatMap((node) => swarm.machineOf(node) ?? []);
  const [worker = 'MACHINE'] = machinesOf(({ role, state }) => role === 'worker' && state === 'ready');
  const [manager = 'MACHINE'] = machinesOf(({ role, leader }) => role === 'manager' && !leader);
  const ready = machinesOf(({ state }) => state === 'ready');
  const promoteOrDemote = say`${run('swarm', 'promote', worker)}, or ${run('swarm', 'demote', manager)}`;
  return [
    ...quorumWarnings(managersAmong(nodes).total).map((message) => warning(message, promoteOrDemote)),
    ...(versions.length > 1 ? [warning(`The engines have different versions: ${versions.join(', ')}`, run('swarm', 'upgrade', name))] : []),
    ...(takesTasks ? [] : [warning('No node accepts tasks', run('swarm', 'activate', ...(ready.length > 0 ? ready : ['MACHINE'])))]),
  ];
}

const join = (name: string, role: string): Command => run('swarm', 'join', '--role', role, name);
const leave = (name: string, ...flags: string[]): Command => run('swarm', 'leave', ...flags, name);
const orReplace = (name: string): Text => say`If it is lost: ${run('swarm', 'replace', name)}`;

function rejoin(swarm: KnownNodes, name: string, ...flags: string[]): Text {
  return say`${leave(name, ...flags)}, then ${join(name, roleOf(swarm, name))}`;
}

function locked(swarm: KnownNodes, name: string): StatusProblem {
  return fault(`${name} is locked`, run('swarm', 'unlock', swarm.name));
}

const roleOf = (swarm: KnownNodes, name: string) => swarm.nodeOf(name)?.role ?? swarm.record.members[name]?.role ?? 'worker';
const oneLine = (text: string) => text.replace(/\s*\n\s*/g, ' ');
const fault = (message: Text, fix?: Text): StatusProblem => ({ level: 'fault', message, ...(fix === undefined ? {} : { fix }) });
const warning = (message: Text, fix: Text): StatusProblem => ({ level: 'warning', message, fix });
