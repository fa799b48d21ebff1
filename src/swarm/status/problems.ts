import { quorumWarnings } from '../model/manager-count.js';
import type { Node } from '../engine/nodes.js';
import { hasQuorum, inNumbers, managersAmong } from '../model/quorum.js';
import { isConverged, type ServiceState } from '../engine/services.js';
import type { TsmachineError } from '../../base/errors.js';
import type { Text } from '../../base/text.js';
import { isOff, type Member } from '../reach/member.js';
import type { Moved } from './moved.js';
import type { SeenNodes } from './rows.js';

export interface Problem {
  /** A `fault` makes the swarm unhealthy; a `warning` is what is unwise. */
  readonly level: 'fault' | 'warning';
  readonly message: Text;
  /** What to type. */
  readonly fix?: Text;
}

/** What is known beside the nodes. */
export interface Facts {
  /** Why no manager answers for the swarm. */
  readonly trouble?: TsmachineError;
  readonly services: readonly ServiceState[];
  readonly moved: readonly Moved[];
  readonly ca?: { readonly expires: Date; readonly rotating: boolean };
}

/** What is wrong with a swarm, and the command that mends each; faults first. @param now milliseconds since 1970 */
export function problemsOf(seen: SeenNodes, facts: Facts, now: number): Problem[] {
  const all = [
    ...(facts.trouble ? [fault(facts.trouble.text, facts.trouble.hint)] : []),
    ...quorumProblems(seen),
    ...seen.nodes.flatMap((node) => nodeProblem(seen, node)),
    ...Object.keys(seen.record.members).flatMap((name) => memberProblem(seen, name, facts.trouble === undefined)),
    ...facts.moved.map(({ machine, advertised, addresses }) =>
      fault(
        `Other nodes look for ${machine} at ${advertised}, and its host has ${addresses.join(', ')}`,
        `Where a file declares the swarm: tsmachine swarm up\nElse tsmachine swarm leave ${machine}, then tsmachine swarm join --role ${roleOf(seen, machine)} ${machine}`,
      ),
    ),
    ...facts.services
      .filter((service) => !isConverged(service))
      .map(({ name, running, wanted }) =>
        fault(`Service ${name}: ${running} of ${wanted} tasks run`, `${engineFirst}\ndocker service ps ${name}`),
      ),
    ...caProblems(seen.name, facts.ca, now),
    ...warnings(seen),
  ];
  return [...all.filter(({ level }) => level === 'fault'), ...all.filter(({ level }) => level === 'warning')];
}

/** A leader that is left alone answers for some seconds more. */
function quorumProblems({ name, nodes }: SeenNodes): Problem[] {
  const managers = managersAmong(nodes);
  if (nodes.length === 0 || hasQuorum(managers)) return [];
  return [
    fault(
      `Swarm "${name}" has lost its quorum: ${inNumbers(managers)}`,
      `Start the managers below; when they are lost for good: tsmachine swarm recover ${name}`,
    ),
  ];
}

const engineFirst = 'eval $(tsmachine env MANAGER)';

/** A node as its managers see it. */
function nodeProblem(seen: SeenNodes, node: Node): Problem[] {
  const name = seen.machineOf(node);
  if (node.state === 'ready' && (node.role === 'worker' || node.reachability === 'reachable'))
    return name === undefined ? [] : unnoticed(seen.members.get(name));
  const is = node.state === 'ready' ? 'is a manager that the others do not reach' : `is ${node.state}`;
  if (name === undefined) {
    const demote = node.reachability === undefined ? '' : `docker node demote ${node.id}\n`; // raft knows nothing of others to demote
    return [
      fault(
        `Node ${node.hostname === '' ? node.id : node.hostname} ${is}, and no machine of this store`,
        `${engineFirst}\n${demote}docker node rm --force ${node.id}`,
      ),
    ];
  }
  const member = seen.members.get(name);
  if (!member || (!member.machine && !member.error))
    return [fault(`${name} ${is}: there is no such machine any longer`, `tsmachine swarm leave --force ${name}`)];
  const { membership, state = 'unknown', error } = member;
  if (membership?.state === 'locked') return [fault(`${name} is locked`, `tsmachine swarm unlock ${seen.name}`)];
  if (membership?.state === 'error') return [fault(`${name} ${is}: ${membership.error ?? 'its engine says no more'}`, rejoin(seen, name))];
  if (membership?.state === 'active') return [fault(`${name} ${is}, though its engine answers`, `tsmachine swarm check ${seen.name}`)];
  if (membership) return [fault(`${name} ${is}: its engine is in no swarm`, `tsmachine swarm join --role ${node.role} ${name}`)];
  const replace = `When it is lost: tsmachine swarm replace ${name}`;
  if (error) return [fault(`${name} ${is}: ${oneLine(error.message)}`, `tsmachine doctor ${name}\n${replace}`)];
  return [fault(`${name} ${is}: its machine is ${state.toLowerCase()}`, `tsmachine start ${name}\n${replace}`)];
}

/** Managers take some seconds to notice that a node is gone, which we know at once. */
function unnoticed(member: Member | undefined): Problem[] {
  if (!member || !isOff(member)) return [];
  const { name, state = 'unknown' } = member;
  return [
    fault(
      `The machine of ${name} is ${state.toLowerCase()}, which the managers have not noticed yet`,
      `tsmachine start ${name}\nWhen it is lost: tsmachine swarm replace ${name}`,
    ),
  ];
}

/** A machine of the record that is no node. @param known whether the managers told the nodes */
function memberProblem(seen: SeenNodes, name: string, known: boolean): Problem[] {
  if (known && seen.nodeOf(name)) return [];
  const member = seen.members.get(name);
  if (known && member?.membership)
    return [fault(`${name} is no node of the swarm`, `tsmachine swarm join --role ${roleOf(seen, name)} ${name}`)];
  return member ? unreached(member, seen, known) : [];
}

function unreached({ name, machine, unfinished, state, membership, error }: Member, seen: SeenNodes, known: boolean): Problem[] {
  if (unfinished) return [fault(`The creation of ${name} was interrupted`, `Run it again, or: tsmachine rm -y ${name}`)];
  if (membership?.state === 'locked') return known ? [fault(`${name} is locked`, `tsmachine swarm unlock ${seen.name}`)] : [];
  if (membership) return membership.error === undefined ? [] : [fault(`${name}: ${oneLine(membership.error)}`)];
  if (error) return [fault(`${name}: ${oneLine(error.message)}`, `tsmachine doctor ${name}`)];
  if (!machine) return [fault(`There is no machine ${name} any longer`, known ? `tsmachine swarm leave --force ${name}` : undefined)];
  return [fault(`The machine of ${name} is ${(state ?? 'unknown').toLowerCase()}`, `tsmachine start ${name}`)];
}

const soon = 30 * 24 * 3600_000;

function caProblems(name: string, ca: Facts['ca'], now: number): Problem[] {
  if (!ca) return [];
  const left = ca.expires.getTime() - now;
  const day = ca.expires.toISOString().slice(0, 10);
  return [
    ...(ca.rotating
      ? [warning('Its root CA is being replaced, and nodes have certificates of the old one', `tsmachine swarm ca --wait ${name}`)]
      : []),
    ...(left < 0
      ? [fault(`Its root CA expired on ${day}`, `tsmachine swarm ca --rotate ${name}`)]
      : left < soon
        ? [warning(`Its root CA expires on ${day}`, `tsmachine swarm ca --rotate ${name}`)]
        : []),
  ];
}

function warnings({ name, nodes }: SeenNodes): Problem[] {
  const versions = [...new Set(nodes.map(({ engineVersion }) => engineVersion).filter((version) => version !== ''))].sort();
  const takesTasks = nodes.length === 0 || nodes.some(({ state, availability }) => state === 'ready' && availability === 'active');
  return [
    ...quorumWarnings(managersAmong(nodes).total).map((message) => warning(message, 'tsmachine swarm promote MACHINE, or demote')),
    ...(versions.length > 1 ? [warning(`Its engines differ: ${versions.join(', ')}`, `tsmachine swarm upgrade ${name}`)] : []),
    ...(takesTasks ? [] : [warning('No node takes tasks', 'tsmachine swarm activate MACHINE')]),
  ];
}

function rejoin(seen: SeenNodes, name: string): string {
  return `tsmachine swarm leave --force ${name}, then tsmachine swarm join --role ${roleOf(seen, name)} ${name}`;
}

const roleOf = (seen: SeenNodes, name: string) => seen.nodeOf(name)?.role ?? seen.record.members[name]?.role ?? 'worker';
const oneLine = (text: string) => text.replace(/\s*\n\s*/g, ' ');
const fault = (message: Text, fix?: Text): Problem => ({ level: 'fault', message, ...(fix === undefined ? {} : { fix }) });
const warning = (message: Text, fix: Text): Problem => ({ level: 'warning', message, fix });
