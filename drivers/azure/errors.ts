import { TsmachineError, errorText } from '../../src/base/errors.js';
import { systemCodeOf } from '../../src/driver/kit/cloud/call/attempts.js';
import { masked, withoutSecrets } from '../../src/driver/kit/cloud/call/masking.js';
import { hintFor } from './call/hints.js';
import { ArmRefusal } from './call/refusal.js';

/** Azure's refusal behind an error; undefined for any other error. */
export function armRefusal(error: unknown): ArmRefusal | undefined {
  const cause: unknown = TsmachineError.is(error) ? error.cause : error;
  return cause instanceof ArmRefusal ? cause : undefined;
}

/** Azure's code of what it refused, such as `SkuNotAvailable`; undefined for any other error. */
export function codeOf(error: unknown): string | undefined {
  return armRefusal(error)?.code;
}

/** Whether Azure says that a thing does not exist, or its group, or its parent. */
export function isNotFound(error: unknown): boolean {
  const refusal = armRefusal(error);
  return refusal?.status === 404 && !/^(SubscriptionNotFound|InvalidResourceType|NoRegisteredProviderFound)$/.test(refusal.code);
}

/** What a call was about. */
export interface CallPlace {
  /** The right that it takes: `Microsoft.Compute/virtualMachines/write`. */
  readonly right: string;
  readonly location: string;
  readonly subscription: string;
  readonly endpoint: string;
  /** Values that must not be shown. */
  readonly secrets: readonly string[];
}

/** An error of the SDK as ours, with the call, Azure's own words and code, the request's id, and what to do. */
export function refused(error: unknown, place: CallPlace): TsmachineError {
  if (TsmachineError.is(error)) return error;
  const refusal = armRefusal(error);
  const where = place.location === '' ? 'Azure' : `Azure in ${place.location}`;
  const words = masked(wordsOf(error), place.secrets);
  const id = refusal?.details.requestId;
  const text = refusal
    ? `${where} refuses ${place.right}: ${words} (${refusal.code}${id === undefined ? '' : `, request ${id}`})`
    : `${where} (${new URL(place.endpoint).host}) could not be asked for ${place.right}: ${words}`;
  return new TsmachineError(isThrottled(refusal) ? 'PROVIDER_BUSY' : 'DRIVER_FAILED', text, {
    cause: withoutSecrets(error, place.secrets),
    hint: hintFor(error, refusal, place),
  });
}

export function isThrottled(refusal: ArmRefusal | undefined): boolean {
  return refusal?.status === 429 || /^(TooManyRequests|SubscriptionRequestsThrottled|OperationThrottled)$/.test(refusal?.code ?? '');
}

/** Of an error of several lines, the first: the SDK adds how to debug it. */
function wordsOf(error: unknown): string {
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  const words = errorText(error).trim() || (first === undefined ? '' : errorText(first)) || systemCodeOf(error) || 'no reason given';
  const lines = words.split('\n').map((line) => line.trim());
  return (armRefusal(error) ? lines.filter((line) => line !== '').join(' ') : (lines[0] ?? '')).replace(/[.\s]+$/, '');
}
