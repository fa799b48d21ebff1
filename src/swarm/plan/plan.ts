import type { SwarmDeclaration } from '../model/declaration.js';
import { prunings, removals } from './departures.js';
import { firstOf, machineSteps } from './machine-steps.js';
import { nodeSteps } from './node-steps.js';
import { notesOf } from './notes.js';
import { machineProblems, quorumProblems, silenceProblems } from './problems.js';
import type { SeenSwarm } from './seen.js';
import { immutableProblems, settingsSteps } from './settings.js';
import type { Plan, Step, StepKind } from './step.js';

export type { SeenMachine, SeenSwarm } from './seen.js';
export { stepText, type Plan, type Problem, type Step, type StepKind } from './step.js';

/** What comes first is done first: dead nodes go, then managers are added, and only then some are taken away. */
const order: readonly StepKind[] = [
  'start',
  'unlock',
  'prune',
  'create',
  'init',
  'join',
  'rejoin',
  'settings',
  'promote',
  'labels',
  'availability',
  'demote',
  'remove',
];

/** From what is to be and what is to what has to be done. Pure: it looks at nothing and changes nothing. */
export function planSwarm(declaration: SwarmDeclaration, seen: SeenSwarm): Plan {
  const first = firstOf(seen, declaration);
  const steps = [
    ...declaration.members.flatMap((member) => machineSteps(seen, member, first)),
    ...settingsSteps(seen),
    ...declaration.members.flatMap((member) => nodeSteps(seen, member)),
    ...prunings(seen),
    ...removals(seen, declaration),
  ];
  const sorted = inOrder(withoutRejoined(steps));
  return {
    steps: sorted,
    notes: notesOf(declaration, seen),
    problems: [
      ...immutableProblems(seen, declaration),
      ...declaration.members.flatMap((member) => machineProblems(seen, declaration.name, member)),
      ...silenceProblems(seen, declaration, sorted),
      ...quorumProblems(seen, sorted),
    ],
  };
}

/** A node that joins anew gets its role, availability and labels with that. */
function withoutRejoined(steps: readonly Step[]): Step[] {
  const anew = new Set(steps.flatMap((step) => (step.kind === 'rejoin' ? [step.machine] : [])));
  const covered: readonly StepKind[] = ['promote', 'demote', 'labels', 'availability'];
  return steps.filter((step) => !('machine' in step && anew.has(step.machine) && covered.includes(step.kind)));
}

function inOrder(steps: readonly Step[]): Step[] {
  return order.flatMap((kind) => steps.filter((step) => step.kind === kind));
}
