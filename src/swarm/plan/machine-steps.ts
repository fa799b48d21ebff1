import type { MemberDeclaration, SwarmDeclaration } from '../model/declaration.js';
import { nodeOf, type SeenMachine, type SeenSwarm } from './seen.js';
import type { Step } from './step.js';

/** Steps that bring one machine into the swarm: none for a node that is what it should be, or cannot be reached. */
export function machineSteps(seen: SeenSwarm, member: MemberDeclaration, first: string | undefined): Step[] {
  const { machine, role, driver } = member;
  const now = seen.machines.get(machine);
  const enter: Step = machine === first ? { kind: 'init', machine } : { kind: 'join', machine, role };
  if (!now?.exists || now.unfinished) return [{ kind: 'create', machine, driver, continued: now?.unfinished === true }, enter];
  if (isOff(now)) return nodeOf(seen, machine) || isBlind(seen) ? [{ kind: 'start', machine }] : [{ kind: 'start', machine }, enter];
  const { membership } = now;
  if (!membership) return [];
  if (membership.state === 'locked') return [{ kind: 'unlock', machine }];
  if (membership.state === 'error' && seen.cluster !== undefined)
    return [{ kind: 'rejoin', machine, role, why: membership.error ?? 'its membership is in error' }];
  if (membership.state !== 'active') return [enter];
  const node = nodeOf(seen, machine);
  if (!node) return isLost(seen, machine) ? [{ kind: 'rejoin', machine, role, why: 'the swarm does not know its node any longer' }] : [];
  const stale = staleAddress(now, member, node.address, node.state === 'ready');
  return stale === undefined ? [] : [{ kind: 'rejoin', machine, role, why: stale }];
}

/** The manager that is to make the swarm; undefined when it is made. What was chosen once stays: it may have made it already. */
export function firstOf({ cluster, first }: SeenSwarm, { members }: SwarmDeclaration): string | undefined {
  if (cluster !== undefined) return undefined;
  const managers = members.filter(({ role }) => role === 'manager').map(({ machine }) => machine);
  return managers.find((machine) => machine === first) ?? managers[0];
}

/** Whether `start` is what the machine needs. */
export function isOff({ state }: SeenMachine): boolean {
  return state === 'Stopped' || state === 'Saved' || state === 'Paused';
}

/** A swarm that was made, and no manager to ask: nobody can say who belongs to it. */
function isBlind(seen: SeenSwarm): boolean {
  return seen.cluster !== undefined && seen.nodes.length === 0;
}

/** Its engine believes in the node that the store knows, and the managers do not. */
function isLost(seen: SeenSwarm, machine: string): boolean {
  const id = seen.machines.get(machine)?.membership?.nodeId;
  return seen.nodes.length > 0 && id !== undefined && seen.record[machine]?.node === id;
}

/**
 * The other nodes send a container's traffic to the address that a node advertises; it was fixed when it joined. A host may have more
 * addresses than its driver knows, so an address that the managers see it under is never stale.
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
