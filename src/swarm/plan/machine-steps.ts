import type { Labels } from '../../base/swarm-node.js';
import type { MemberDeclaration, SwarmDeclaration } from '../model/declaration.js';
import { declares } from './node-steps.js';
import { nodeOf, type SeenMachine, type SeenSwarm } from './seen.js';
import type { Step } from '../steps/steps.js';

/** Steps that bring one machine into the swarm: none for a node that is what it should be, or cannot be reached. */
export function machineSteps(seen: SeenSwarm, member: MemberDeclaration, first: string | undefined): Step[] {
  const { machine, role, driver } = member;
  const now = seen.machines.get(machine);
  const labels = declares(member.labels) ? member.labels : formerLabels(seen, machine);
  const enter: Step = machine === first ? { kind: 'init', machine } : { kind: 'join', machine, role, labels };
  const start: Step = { kind: 'start', machine, role };
  const rejoin = (why: string): Step => ({ kind: 'rejoin', machine, role, labels, why });
  if (!now?.exists || now.unfinished) return [{ kind: 'create', machine, driver, continued: now?.unfinished === true }, enter];
  if (isOff(now)) return nodeOf(seen, machine) || isSilent(seen) ? [start] : [start, enter];
  const { membership } = now;
  if (!membership) return [];
  if (membership.state === 'locked') return [{ kind: 'unlock', machine }];
  if (membership.state === 'error' && seen.cluster !== undefined) return [rejoin(membership.error ?? 'its engine reports an error')];
  if (membership.state !== 'active') return [enter];
  const node = nodeOf(seen, machine);
  if (!node) return isLost(seen, machine) ? [rejoin('the swarm no longer knows its node')] : [];
  const stale = staleAddress(now, member, node.address, node.state === 'ready');
  return stale === undefined ? [] : [rejoin(stale)];
}

/** The manager that is to initialise the swarm; undefined when that is done. An earlier choice stays: it may have done so already. */
export function firstOf({ cluster, first }: SeenSwarm, { members }: SwarmDeclaration): string | undefined {
  if (cluster !== undefined) return undefined;
  const managers = members.filter(({ role }) => role === 'manager').map(({ machine }) => machine);
  return managers.find((machine) => machine === first) ?? managers[0];
}

/** Whether `start` is what the machine needs. */
export function isOff({ state }: SeenMachine): boolean {
  return state === 'Stopped' || state === 'Saved' || state === 'Paused';
}

/** The labels of the node that the machine is, or was before it left: it keeps them when it joins again. */
function formerLabels({ machines, record, nodes }: SeenSwarm, machine: string): Labels {
  const id = machines.get(machine)?.membership?.nodeId ?? record[machine]?.node;
  return nodes.find((node) => node.id === id)?.labels ?? {};
}

/** The swarm was made, and no manager answers: nobody can say who belongs to it. */
function isSilent(seen: SeenSwarm): boolean {
  return seen.cluster !== undefined && seen.nodes.length === 0;
}

/** Its engine says that it is the node that the store knows, and the managers do not know that node. */
function isLost(seen: SeenSwarm, machine: string): boolean {
  const id = seen.machines.get(machine)?.membership?.nodeId;
  return seen.nodes.length > 0 && id !== undefined && seen.record[machine]?.node === id;
}

/**
 * The other nodes send the traffic of containers to the address that a node advertises, which was fixed when it joined. A host may have
 * more addresses than its driver knows, so an address that the managers see it under is never stale.
 */
function staleAddress(
  { addresses, membership }: SeenMachine,
  member: MemberDeclaration,
  seenUnder: string,
  ready: boolean,
): string | undefined {
  const advertised = membership?.address;
  if (advertised === undefined || member.advertiseAddr !== undefined || addresses.length === 0 || addresses.includes(advertised))
    return undefined;
  if (ready && seenUnder === advertised) return undefined;
  return `it advertises ${advertised}, and its address is ${addresses.join(', ')}`;
}
