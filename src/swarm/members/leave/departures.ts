import type { Node } from '../../engine/nodes.js';
import { onEach, type Outcome } from '../../../machine/choose/each.js';
import { checkDeparture, nodesAsSeen } from './departure.js';
import type { Swarm } from '../../reach/swarm.js';

/** How many workers leave at once. */
const workersTogether = 10;

/** The order of departures: workers together, then managers one after the other, so that the leader changes once at most. */
export interface Order {
  readonly together: readonly string[];
  readonly inTurn: readonly string[];
}

/** @param roleOf the node of a machine, or what the store knows of its role */
export function orderOf(
  names: readonly string[],
  roleOf: (name: string) => Pick<Node, 'role' | 'leader' | 'reachability'> | undefined,
): Order {
  const rank = (name: string) => {
    // Managers that are down leave first: they count for the quorum and do not vote.
    const node = roleOf(name);
    if (node?.leader === true) return 2;
    return node?.reachability === 'reachable' ? 1 : 0;
  };
  const managers = names.filter((name) => roleOf(name)?.role === 'manager');
  return {
    together: names.filter((name) => !managers.includes(name)),
    inTurn: managers
      .map((name) => ({ name, rank: rank(name) }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ name }) => name),
  };
}

export function departureOrder(swarm: Swarm, names: readonly string[]): Order {
  return orderOf(names, (name) => swarm.nodeOf(name) ?? recorded(swarm, name));
}

/**
 * Refuses departures that could not all be done, before the first is.
 * @throws TsmachineError SWARM_QUORUM
 */
export function checkDepartures(swarm: Swarm, { together, inTurn }: Order): void {
  let nodes = nodesAsSeen(swarm);
  for (const name of [...together, ...inTurn]) {
    const id = swarm.nodeOf(name)?.id;
    const node = nodes.find((other) => other.id === id);
    if (!node) continue;
    checkDeparture(swarm.name, name, node, nodes);
    nodes = nodes.filter((other) => other !== node);
  }
}

/** Does `work` on every machine in this order. One failure stops no other. */
export async function inOrder(swarm: Swarm, { together, inTurn }: Order, work: (name: string) => Promise<void>): Promise<Outcome<void>[]> {
  const outcomes = await onEach(together, workersTogether, work);
  for (const name of inTurn) {
    swarm.session.signal.throwIfAborted();
    outcomes.push(...(await onEach([name], 1, work)));
  }
  return outcomes;
}

function recorded(swarm: Swarm, name: string): Pick<Node, 'role' | 'leader' | 'reachability'> | undefined {
  const member = swarm.record.members[name];
  return member && { role: member.role, leader: false };
}
