import { run, type Text } from '../../base/text.js';
import type { PlanReport } from '../../swarm/up/up.js';
import { asTyped } from '../line/program.js';

/** A plan for people: the changes, the problems and the notes. */
export function planText({ name, steps, notes, problems }: PlanReport): string {
  const head = steps.length === 0 ? `Swarm "${name}" is as declared: nothing to do.` : `Swarm "${name}":`;
  const what = steps.map(({ text }) => `  ${text}`);
  const wrong = problems.flatMap(({ message, hint }) => [
    `Problem: ${asTyped(message)}`,
    ...(hint === undefined ? [] : [`  ${asTyped(hint).replaceAll('\n', '\n  ')}`]),
  ]);
  const end =
    steps.length === 0 || problems.length > 0
      ? []
      : [`${count(steps.length)} to make. To make them, run this with the same arguments: ${asTyped(run('swarm', 'up'))}`, ...asks(steps)];
  return [...(steps.length === 0 && problems.length > 0 ? [] : [head]), ...what, ...wrong, ...noteLines(notes), ...end].join('\n');
}

function asks(steps: PlanReport['steps']): string[] {
  const removed = steps.flatMap(({ kind, machine }) => (kind === 'remove' && machine !== undefined ? [machine] : []));
  return removed.length === 0 ? [] : [`It asks before it removes ${removed.join(', ')}; -y answers yes.`];
}

/** What `swarm up` has done, for people. */
export function doneText({ name, steps, notes }: PlanReport): string {
  const head = `Swarm "${name}" is as declared: ${steps.length === 0 ? 'nothing to do' : `${count(steps.length)} made`}.`;
  return [...noteLines(notes), head].join('\n');
}

/** The notes of a report, one line each. */
export function noteLines(notes: readonly Text[]): string[] {
  return notes.map((note) => `Note: ${asTyped(note)}`);
}

function count(steps: number): string {
  return `${steps} change${steps === 1 ? '' : 's'}`;
}
