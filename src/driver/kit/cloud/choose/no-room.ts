import { TsmachineError } from '../../../../base/errors.js';
import type { Spot } from './markets.js';
import type { Refused } from './offers.js';

export interface Words extends Spot {
  /** `EC2`. */
  readonly provider: string;
  /** Flags that give more places: `--amazonec2-zone or --amazonec2-subnet-id`. */
  readonly flags: string;
  readonly fallbackFlag: string;
  readonly codeOf: (error: unknown) => string | undefined;
}

/** No place had room: each with the provider's own words. */
export function noRoom(refused: readonly Refused[], { provider, flags, fallbackFlag, codeOf, spot, fallback }: Words): TsmachineError {
  const lines = refused.map(({ place, error }) => `  ${place}: ${wordsOf(error)} (${codeOf(error) ?? ''})`);
  const instead = spot && !fallback ? `, take one on demand instead with ${fallbackFlag}` : '';
  return new TsmachineError('DRIVER_FAILED', [`${provider} has no room for the machine:`, ...lines].join('\n'), {
    hint: `Name more of ${flags}${instead}, or try again later`,
    cause: causeOf(refused[0]?.error),
  });
}

function wordsOf(error: unknown): string {
  const cause = causeOf(error);
  return cause instanceof Error ? cause.message : String(cause);
}

function causeOf(error: unknown): unknown {
  return TsmachineError.is(error) ? (error.cause ?? error) : error;
}
