import type { Text } from '../../base/text.js';
import type { MemberDeclaration, SwarmDeclaration } from '../model/declaration.js';
import type { Step, StepKind } from '../steps/steps.js';
import { prunings, removals } from './departures.js';
import { firstOf, machineSteps } from './machine-steps.js';
import { nodeSteps } from './node-steps.js';
import { notesOf } from './notes.js';
import { networkProblems } from './networks.js';
import { machineProblems, quorumProblems, silenceProblems } from './problems.js';
import type { PlanProblem, SeenSwarm } from './seen.js';
import { immutableProblems, settingsSteps } from './settings.js';

export type { PlanProblem, SeenMachine, SeenSwarm } from './seen.js';

export interface Plan {
  /** In the order in which they are done, as far as one waits for another. */
  readonly steps: readonly Step[];
  /** Good to know; nothing here stops the run. */
  readonly notes: readonly Text[];
  readonly problems: readonly PlanProblem[];
}

/**
 * Compares what is declared with what is there, and says what has to be done. Pure: it inspects nothing and changes nothing.
 * @param order of the kinds of steps
 */
export function planSwarm(declaration: SwarmDeclaration, seen: SeenSwarm, order: readonly StepKind[]): Plan {
  const first = firstOf(seen, declaration);
  const steps = inOrder(order, [
    ...settingsSteps(seen),
    ...declaration.members.flatMap((member) => memberSteps(seen, member, first)),
    ...prunings(seen),
    ...removals(seen, declaration),
  ]);
  return {
    steps,
    notes: notesOf(declaration, seen),
    problems: [
      ...immutableProblems(seen, declaration),
      ...networkProblems(seen, declaration),
      ...declaration.members.flatMap((member) => machineProblems(seen, declaration.name, member)),
      ...silenceProblems(seen, declaration, steps),
      ...quorumProblems(seen, steps),
    ],
  };
}

/** A machine that joins again gets its role, availability and labels by joining. */
function memberSteps(seen: SeenSwarm, member: MemberDeclaration, first: string | undefined): Step[] {
  const steps = machineSteps(seen, member, first);
  return steps.some(({ kind }) => kind === 'rejoin') ? steps : [...steps, ...nodeSteps(seen, member)];
}

function inOrder(order: readonly StepKind[], steps: readonly Step[]): Step[] {
  return [...steps].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}
