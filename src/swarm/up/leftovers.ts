import type { Plan } from '../plan/plan.js';
import { stepText } from '../steps/steps.js';
import { TsmachineError } from '../../base/errors.js';
import { lines, plain } from '../../base/text.js';
import { throwFailures } from '../../machine/choose/failures.js';
import type { RunningUp } from './stages.js';

/**
 * What a run did not bring about is an error, be it that something failed or that the swarm is not what it should be.
 * @param plan made after everything was done
 * @throws TsmachineError the failure; SEVERAL_FAILED; SWARM_STATE for what is left without one
 */
export function refuseLeftovers({ failed, declaration: { name } }: RunningUp, { steps, problems }: Plan): void {
  const again = 'Run the same command again to continue';
  const left = steps.map((step) => `  ${stepText(step)}`).join('\n');
  const told = problems.filter(({ message }) => !failed.some(({ error }) => TsmachineError.from(error).message === plain(message)));
  const outcomes = [...failed, ...told.map(({ code, message, hint }) => ({ name, error: new TsmachineError(code, message, { hint }) }))];
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
  if (steps.length > 0) throw new TsmachineError('SWARM_STATE', `Swarm "${name}" is not yet what is declared:\n${left}`, { hint: again });
}
