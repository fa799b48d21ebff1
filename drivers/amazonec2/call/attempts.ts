import { setTimeout as sleep } from 'node:timers/promises';

import { codeOf, isThrottled, statusOf, systemCodeOf } from '../errors.js';

/** How long one call may take, in milliseconds. */
export interface CallTimes {
  /** One attempt. */
  readonly attempt: number;
  /** All of them, with the pauses between. */
  readonly total: number;
  /** The longest first pause; each one after it may be twice as long. */
  readonly pause: number;
}

/** What makes a call fail once and succeed the next time: the provider's trouble, or the network's. */
export type Failure = 'busy' | 'passing' | 'expired' | 'lasting';

/** Amazon's own trouble, when it says so without an HTTP status of 5xx. */
const passing = new Set([
  'InternalError',
  'InternalFailure',
  'ServiceUnavailable',
  'Unavailable',
  'RequestTimeout',
  'RequestTimeoutException',
]);
/** The signature is too old: temporary credentials have expired, or the clock is wrong, which the SDK corrects for the next call. */
const expired = new Set(['RequestExpired', 'ExpiredToken', 'ExpiredTokenException', 'RequestTimeTooSkewed', 'RequestInTheFuture']);
const lost = new Set(['ECONNRESET', 'ECONNREFUSED', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN']);

/** What kind of failure it is. No capacity comes with HTTP 500, but waiting does not help: the next zone does. Pure. */
export function failureOf(error: unknown): Failure {
  const code = codeOf(error);
  if (isThrottled(error)) return 'busy';
  if (code !== undefined && /^Insufficient\w*Capacity/.test(code)) return 'lasting';
  if (code !== undefined && expired.has(code)) return 'expired';
  if ((code !== undefined && passing.has(code)) || (statusOf(error) ?? 0) >= 500) return 'passing';
  return lost.has(systemCodeOf(error) ?? '') || isLostAnswer(error) ? 'passing' : 'lasting';
}

/** An answer that ended too early, or was no answer of EC2's. */
function isLostAnswer(error: unknown): boolean {
  return error instanceof Error && /socket hang up|aborted|premature|TimeoutError/i.test(`${error.name} ${error.message}`);
}

/** What is done between attempts. */
interface Repeating {
  readonly retries: number;
  readonly times: CallTimes;
  readonly signal: AbortSignal;
  /** Credentials have expired: gets others. @returns false when there can be none */
  readonly renew: () => boolean;
}

/**
 * Makes a call, and repeats it after what passes by itself: with pauses that grow, each of a random length. Throttling is not repeated
 * here, because then every caller of the account must wait.
 * @param attempt one attempt, ended by the signal that it gets
 */
export async function repeated<T>(attempt: (signal: AbortSignal) => Promise<T>, { retries, times, signal, renew }: Repeating): Promise<T> {
  const end = performance.now() + times.total;
  let renewed = false;
  for (let tried = 0; ; tried += 1) {
    const timeLeft = Math.max(1, end - performance.now());
    const timer = AbortSignal.timeout(Math.ceil(Math.min(times.attempt, timeLeft)));
    try {
      return await attempt(AbortSignal.any([signal, timer]));
    } catch (error) {
      signal.throwIfAborted();
      const failure = timer.aborted ? 'passing' : failureOf(error);
      const cause = timer.aborted ? new NoAnswer(times.attempt) : error;
      if (failure === 'expired' && !renewed && renew()) {
        renewed = true;
        continue;
      }
      const pause = Math.random() * times.pause * 2 ** Math.min(tried, 6);
      if (failure !== 'passing' || tried >= retries || performance.now() + pause >= end) throw cause;
      await sleep(pause, undefined, { signal });
    }
  }
}

/** Nothing came back in time. */
export class NoAnswer extends Error {
  constructor(milliseconds: number) {
    super(`no answer within ${milliseconds / 1000} seconds`);
    this.name = 'NoAnswer';
  }
}
