import { type Text, run, say } from '../../base/text.js';
import type { SwarmDeclaration } from '../model/declaration.js';
import { nodeOf, type SeenSwarm } from './seen.js';

/** What is good to know about a swarm, and `swarm up` will not change. */
export function notesOf(declaration: SwarmDeclaration, seen: SeenSwarm): Text[] {
  const declared = new Set(declaration.members.map(({ machine }) => machine));
  const differing = declaration.members.flatMap(({ machine, driver }) => {
    const now = seen.machines.get(machine);
    if (now?.exists !== true || now.unfinished) return [];
    const what = now.driver !== undefined && now.driver !== driver && machine in seen.record ? [`driver ${now.driver}`] : now.differs;
    return what.length === 0
      ? []
      : [say`${machine} was made with other settings (${what.join(', ')}) and keeps them: ${run('swarm', 'replace', machine)}`];
  });
  const others = Object.entries(seen.record)
    .filter(([name, { group }]) => !declared.has(name) && group === undefined)
    .map(([name]) => {
      const leave = run('swarm', 'leave', name);
      return say`${name} is in the swarm and not declared. ${run('swarm', 'up')} removes only machines that it created: ${leave}`;
    });
  const strangers = seen.nodes
    .filter((node) => node.state === 'down' && isStranger(seen, node.id, node.hostname))
    .map(
      ({ id, hostname }) =>
        `The node ${hostname === '' ? id : hostname} is Down, and belongs to no machine of this swarm: docker node rm ${id}`,
    );
  return [...differing, ...others, ...strangers, ...versionNotes(seen)];
}

function isStranger(seen: SeenSwarm, id: string, hostname: string): boolean {
  return [...seen.machines].every(
    ([name, machine]) =>
      nodeOf(seen, name)?.id !== id && seen.record[name]?.node !== id && name !== hostname && machine.membership?.hostname !== hostname,
  );
}

function versionNotes({ machines }: SeenSwarm): string[] {
  const versions = new Map<string, string[]>();
  for (const [name, { membership }] of machines) {
    if (membership && membership.engineVersion !== '')
      versions.set(membership.engineVersion, [...(versions.get(membership.engineVersion) ?? []), name]);
  }
  if (versions.size < 2) return [];
  const each = [...versions].map(([version, names]) => `${version} (${names.length > 3 ? `${names.length} machines` : names.join(', ')})`);
  return [`Engines of different versions: ${each.join('; ')}. They work together, but what only newer ones support fails on the others`];
}
