import type { SwarmDeclaration } from '../model/declaration.js';
import { nodeOf, type SeenSwarm } from './seen.js';
import type { Step } from '../steps/steps.js';

/** Machines that `swarm up` created for this swarm and that are no longer declared: workers, then managers, the leader last. */
export function removals(seen: SeenSwarm, { members }: SwarmDeclaration): Step<'remove'>[] {
  const declared = new Set(members.map(({ machine }) => machine));
  const leaving = Object.entries(seen.record)
    .filter(([name, { group }]) => !declared.has(name) && group !== undefined)
    .map(([name]) => name);
  const rank = (name: string) => {
    const node = nodeOf(seen, name);
    if (node?.role !== 'manager') return 0;
    if (node.leader) return 3;
    return node.reachability === 'reachable' ? 2 : 1;
  };
  return leaving
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map((machine) => ({ kind: 'remove', machine, gone: seen.machines.get(machine)?.exists !== true }));
}

/**
 * Former nodes of machines that joined again: the managers never forget them by themselves (moby#24106).
 * A dead node that belonged to none of our machines is left alone.
 */
export function prunings(seen: SeenSwarm): Step<'prune'>[] {
  const names = [...seen.machines.keys()];
  const living = new Set(names.flatMap((name) => nodeOf(seen, name)?.id ?? []));
  const former = new Set(names.flatMap((name) => seen.record[name]?.node ?? []));
  const hostnames = new Set(names.flatMap((name) => [name, seen.machines.get(name)?.membership?.hostname ?? name]));
  return seen.nodes
    .filter((node) => !living.has(node.id) && (former.has(node.id) || (node.state === 'down' && hostnames.has(node.hostname))))
    .map(({ id, hostname }) => ({ kind: 'prune', node: id, hostname }));
}
