import type { Outcome } from './each.js';
import { TsmachineError } from '../../base/errors.js';
import { join, lines, say } from '../../base/text.js';

/** @throws the failure itself when there is one; SEVERAL_FAILED, with each failure on a line of its own, when there are more */
export function throwFailures(outcomes: readonly Outcome<unknown>[]): void {
  const failed = outcomes.flatMap((outcome) => {
    if (!('error' in outcome)) return [];
    const { text, hint } = TsmachineError.from(outcome.error);
    return [{ name: outcome.name, error: outcome.error, text, hint }];
  });
  const [first] = failed;
  if (!first) return;
  if (failed.length === 1) throw first.error;
  throw new TsmachineError(
    'SEVERAL_FAILED',
    join(
      failed.map(({ name, text }) => say`${name}: ${text}`),
      '\n',
    ),
    {
      cause: first.error,
      hint: lines(failed.map(({ hint }) => hint)),
    },
  );
}
