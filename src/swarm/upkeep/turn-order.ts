import type { Role } from '../../base/swarm-node.js';

/** A member of a swarm that is to be restarted. */
export interface Turn {
  readonly name: string;
  readonly role: Role;
  readonly leader: boolean;
  /** Its engine answers, and its node is ready. */
  readonly well: boolean;
}

/** Names in their order. */
export interface Turns {
  readonly managers: readonly string[];
  readonly workers: readonly string[];
}

/**
 * The order of restarts: managers first, the leader last of them, so that leadership changes once; restarting the leader first has cost
 * quorums (swarmsible#11). Among equals those that are not ready go first: if they stay so, nothing else was touched.
 */
export function turnsOf(members: readonly Turn[]): Turns {
  const rank = ({ leader, well }: Turn) => (leader ? 2 : well ? 1 : 0);
  const of = (role: Role) =>
    members
      .filter((member) => member.role === role)
      .sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1))
      .map(({ name }) => name);
  return { managers: of('manager'), workers: of('worker') };
}
