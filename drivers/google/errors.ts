import { TsmachineError, errorText } from '../../src/base/errors.js';
import { isLost, systemCodeOf, type Failure } from '../../src/driver/kit/cloud/call/attempts.js';
import { masked, withoutSecrets } from '../../src/driver/kit/cloud/call/masking.js';
import { hintFor } from './call/hints.js';
import { isThrottled, refusedOf } from './call/refused.js';

/** What kind of failure it is. Pure. */
export function failureOf(error: unknown): Failure {
  const refused = refusedOf(error);
  if (!refused) return isLost(error) || /fetch failed/.test(errorText(error)) ? 'passing' : 'lasting';
  if (refused.isLate) return 'lasting';
  if (isThrottled(error)) return 'busy';
  if (refused.status === 401) return 'expired';
  return refused.status >= 500 || /^(backendError|internalError|INTERNAL)$/.test(refused.reason) ? 'passing' : 'lasting';
}

/** Whether Google has surely done nothing: after a lost answer or an error of its own nobody knows. */
export function isRefusal(error: unknown): boolean {
  return refusedOf(error) !== undefined && failureOf(refusedOf(error)) === 'lasting';
}

/** Which call it was. */
export interface CallPlace {
  /** `instances.insert` */
  readonly action: string;
  readonly project: string;
  /** The zone or region that was asked about; empty for none. */
  readonly where: string;
  readonly host: string;
  /** The service account that is impersonated; empty for none. */
  readonly impersonated: string;
  /** Values that must not be shown. */
  readonly secrets: readonly string[];
}

/** An error of the SDK as ours, with the call, Google's own words and reason, and what to do. */
export function refusal(error: unknown, place: CallPlace): TsmachineError {
  if (TsmachineError.is(error)) return error;
  const refused = refusedOf(error);
  const words = masked(wordsOf(error), place.secrets);
  const asked = `Compute Engine (project ${place.project}${place.where === '' ? '' : `, ${place.where}`})`;
  const text = refused
    ? `${asked} refuses ${place.action}: ${words} (${refused.reason})`
    : `${asked} could not be asked for ${place.action} at ${place.host}: ${words}`;
  return new TsmachineError(isThrottled(error) ? 'PROVIDER_BUSY' : 'DRIVER_FAILED', text, {
    cause: withoutSecrets(error, place.secrets),
    hint: hintFor(error, { action: place.action, project: place.project, impersonated: place.impersonated }),
  });
}

/** Google's words, or those of the network; both end with a full stop, ours do not. */
function wordsOf(error: unknown): string {
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  const said = errorText(error).trim() || (first === undefined ? '' : errorText(first)) || systemCodeOf(error) || 'no reason given';
  return said.replace(/\s+/g, ' ').replace(/[.\s]+$/, '');
}
