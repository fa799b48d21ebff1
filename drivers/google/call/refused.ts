import { TsmachineError } from '../../../src/base/errors.js';
import { jsonOrNothing } from '../../../src/base/json.js';
import type { Operation } from './resources.js';

interface RefusedFacts {
  readonly reason: string;
  readonly status: number;
  readonly facts?: Readonly<Record<string, string>>;
  readonly isLate?: boolean;
}

/** What Google refused: a call at once, or later the operation that a call began. */
export class Refused extends Error {
  /** Google's word for why: `notFound`, `quotaExceeded`; of an operation `ZONE_RESOURCE_POOL_EXHAUSTED`. */
  readonly reason: string;
  /** The HTTP status. */
  readonly status: number;
  /** An operation ended with it: to ask again would change nothing. */
  readonly isLate: boolean;
  /** Facts beside the words, such as `zonesAvailable` or `activationUrl`. */
  readonly facts: Readonly<Record<string, string>>;

  constructor(message: string, { reason, status, facts = {}, isLate = false }: RefusedFacts) {
    super(message);
    this.name = reason;
    this.reason = reason;
    this.status = status;
    this.facts = facts;
    this.isLate = isLate;
  }
}

/**
 * An answer that is no success (cloud.google.com/apis/design/errors; Compute Engine adds `errors` with its own words for reasons).
 * @param text as it came: a proxy on the way may have answered
 */
export function refusedCall(status: number, text: string): Refused {
  const error = fieldOf(jsonOrNothing(text), 'error');
  const [first] = listOf(fieldOf(error, 'errors'));
  const details = listOf(fieldOf(error, 'details'));
  const facts = details.map((detail) => textsOf(fieldOf(detail, 'metadata')));
  const info = details.find((detail) => wordOf(detail, 'reason') !== '');
  const reason = wordOf(first, 'reason') || wordOf(info, 'reason') || wordOf(error, 'status') || `HTTP ${status}`;
  const message =
    wordOf(error, 'message') ||
    text
      .replace(/<[^>]*>|\s+/g, ' ')
      .trim()
      .slice(0, 300);
  return new Refused(message || 'no reason given', { reason, status, facts: Object.assign({}, ...facts) as Record<string, string> });
}

/** What an operation ended with; undefined when it succeeded, or has not ended. */
export function failureOfOperation({ error, httpErrorMessage = '', httpErrorStatusCode: status = 400 }: Operation): Refused | undefined {
  const [first] = error?.errors ?? [];
  if (!first) return undefined;
  const facts = (first.errorDetails ?? []).map(({ errorInfo }) => errorInfo?.metadatas ?? {});
  const words = { reason: first.code ?? 'UNKNOWN', status, isLate: true, facts: Object.assign({}, ...facts) as Record<string, string> };
  return new Refused(first.message ?? httpErrorMessage, words);
}

/** The refusal behind an error of ours; undefined for any other failure. */
export function refusedOf(error: unknown): Refused | undefined {
  const cause: unknown = TsmachineError.is(error) ? error.cause : error;
  return cause instanceof Refused ? cause : undefined;
}

/** Google's word for why; undefined when it did not answer. */
export function reasonOf(error: unknown): string | undefined {
  return refusedOf(error)?.reason;
}

/** Whether Google says that a thing does not exist. */
export function isNotFound(error: unknown): boolean {
  return /^(notFound|RESOURCE_NOT_FOUND)$/.test(reasonOf(error) ?? '') || refusedOf(error)?.status === 404;
}

/** Whether a thing of that name is there already. */
export function isTaken(error: unknown): boolean {
  return /^(alreadyExists|RESOURCE_ALREADY_EXISTS)$/.test(reasonOf(error) ?? '');
}

/** Whether something else still uses it, or has not ended yet. */
export function isInUse(error: unknown): boolean {
  return /^(resourceInUseByAnotherResource|RESOURCE_IN_USE_BY_ANOTHER_RESOURCE|resourceNotReady|RESOURCE_NOT_READY)$/.test(
    reasonOf(error) ?? '',
  );
}

/** Whether somebody else changed the thing meanwhile. */
export function isOutdated(error: unknown): boolean {
  return /^(conditionNotMet|CONDITION_NOT_MET)$/.test(reasonOf(error) ?? '');
}

/** Whether calls came too fast (cloud.google.com/compute/api-quota). */
export function isThrottled(error: unknown): boolean {
  const reason = reasonOf(error) ?? '';
  return refusedOf(error)?.status === 429 || /^(rateLimitExceeded|userRateLimitExceeded|RATE_LIMIT_EXCEEDED)$/.test(reason);
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function wordOf(value: unknown, field: string): string {
  const word = fieldOf(value, field);
  return typeof word === 'string' ? word : '';
}

function textsOf(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
