import type { Role } from '../../base/swarm-node.js';

/** Managers of a swarm as Raft counts them. */
export interface Managers {
  readonly total: number;
  readonly reachable: number;
}

/** How many managers must agree (docs.docker.com, "Raft consensus in swarm mode": more than half). */
export function quorumOf(total: number): number {
  return Math.floor(total / 2) + 1;
}

export function hasQuorum({ total, reachable }: Managers): boolean {
  return total > 0 && reachable >= quorumOf(total);
}

/** The managers after one was demoted: the others vote on with one fewer. */
export function withoutOne({ total, reachable }: Managers, isReachable: boolean): Managers {
  return { total: total - 1, reachable: reachable - (isReachable ? 1 : 0) };
}

/** The managers while one is down but still counted: a restart, an upgrade. */
export function withOneDown({ total, reachable }: Managers): Managers {
  return { total, reachable: reachable - 1 };
}

/** The numbers, as a refusal prints them: "2 of 3 managers reachable, 2 needed". */
export function inNumbers({ total, reachable }: Managers): string {
  return `${reachable} of ${total} manager${total === 1 ? '' : 's'} reachable, ${quorumOf(total)} needed`;
}

/** Counts the managers among nodes. One that raft does not know (it never came up, or was left behind) has no vote. */
export function managersAmong(nodes: readonly { readonly role: Role; readonly reachability?: string }[]): Managers {
  const managers = nodes.filter(({ role, reachability }) => role === 'manager' && reachability !== undefined);
  return { total: managers.length, reachable: managers.filter(({ reachability }) => reachability === 'reachable').length };
}
