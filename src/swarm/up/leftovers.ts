import type { Plan } from '../plan/plan.js';
import { stepText } from '../steps/steps.js';
import { TsmachineError } from '../../base/errors.js';
import { lines, plain } from '../../base/text.js';
import { throwFailures } from '../../machine/choose/failures.js';
import type { RunningUp } from './stages.js';

/**
 * What a run did not achieve is an error, whether something failed or the swarm is just not as declared.
 * @param plan made after everything was done
 * @throws TsmachineError the failure; SEVERAL_FAILED; SWARM_STATE for what is left without one
 */
export function refuseLeftovers({ failed, declaration: { name } }: RunningUp, { steps, problems }: Plan): void {
  const again = 'Run the same command again to continue';
  const left = steps.map((step) => `  ${stepText(step)}`).join('\n');
  const unreported = problems.filter(({ message }) => !failed.some(({ error }) => TsmachineError.from(error).message === plain(message)));
  const outcomes = [
    ...failed,
    ...unreported.map(({ code, message, hint }) => ({ name, error: new TsmachineError(code, message, { hint }) })),
  ];
  try {
    throwFailures(outcomes);
  } catch (error) {
    const { code, text, hint, exit } = TsmachineError.from(error);
    throw new TsmachineError(code, text, {
      cause: error,
      exit,
      hint: lines([hint, left === '' ? undefined : `Left to do:\n${left}`, again]),
    });
  }
  if (steps.length > 0) throw new TsmachineError('SWARM_STATE', `Swarm "${name}" is not yet as declared:\n${left}`, { hint: again });
}
