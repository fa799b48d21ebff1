import type { Outcome } from './each.js';
import { TsmachineError } from '../../base/errors.js';

/** @throws the failure itself when there is one, SEVERAL_FAILED with each on a line of its own when there are more */
export function throwFailures(outcomes: readonly Outcome<unknown>[]): void {
  const failed = outcomes.flatMap((outcome) => ('error' in outcome ? [{ name: outcome.name, ...told(outcome.error) }] : []));
  const [first] = failed;
  if (!first) return;
  if (failed.length === 1) throw first.error;
  const hints = [...new Set(failed.flatMap(({ hint }) => hint ?? []))];
  throw new TsmachineError('SEVERAL_FAILED', failed.map(({ name, message }) => `${name}: ${message}`).join('\n'), {
    cause: first.error,
    ...(hints.length > 0 ? { hint: hints.join('\n') } : {}),
  });
}

function told(error: unknown): { error: unknown; message: string; hint: string | undefined } {
  const { message, hint } = TsmachineError.from(error);
  return { error, message, hint };
}
