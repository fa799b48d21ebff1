import type { RollingReport } from '../../swarm/upkeep/rolling.js';
import { noteLines } from './plan-text.js';

/** The planned changes, node by node. */
export function rollingPlan({ swarm, turns, skipped, notes }: RollingReport): string {
  return [
    `Swarm "${swarm}", ${turns.length} node${turns.length === 1 ? '' : 's'} in this order:`,
    ...turns.map(({ machine, role, leader, what }) => `  ${machine} (${leader ? 'leader' : role}): ${what.join(', ')}`),
    ...(skipped.length > 0 ? [`Nothing to do on ${skipped.join(', ')}.`] : []),
    ...noteLines(notes),
  ].join('\n');
}

/** The last lines, after the changes. */
export function rollingDone({ swarm, turns, notes }: RollingReport): string {
  const end =
    turns.length === 0
      ? `Swarm "${swarm}": nothing to do.`
      : `Swarm "${swarm}": ${turns.length} node${turns.length === 1 ? '' : 's'} done.`;
  return [end, ...noteLines(notes)].join('\n');
}
