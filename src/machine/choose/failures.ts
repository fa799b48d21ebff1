import type { Outcome } from './each.js';
import { TsmachineError } from '../../base/errors.js';
import { join, lines, say, type Text } from '../../base/text.js';

/** @throws the failure itself when there is one, SEVERAL_FAILED with each on a line of its own when there are more */
export function throwFailures(outcomes: readonly Outcome<unknown>[]): void {
  const failed = outcomes.flatMap((outcome) => ('error' in outcome ? [{ name: outcome.name, ...told(outcome.error) }] : []));
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

function told(error: unknown): { error: unknown; text: Text; hint: Text | undefined } {
  const { text, hint } = TsmachineError.from(error);
  return { error, text, hint };
}
