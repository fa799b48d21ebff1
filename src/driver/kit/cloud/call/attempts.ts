import { setTimeout as sleep } from 'node:timers/promises';

import { systemCode } from '../../../../base/errors.js';

/** How long one call may take, in milliseconds. */
export interface CallTimes {
  /** One attempt. */
  readonly attempt: number;
  /** All of them, with the pauses between. */
  readonly total: number;
  /** The longest first pause; each one after it may be twice as long. */
  readonly pause: number;
}

/**
 * Why a call failed. busy: it came too fast, and every caller of the account must wait. passing: the provider's trouble, or the network's.
 * expired: with new credentials it may succeed. lasting: it will fail again.
 */
export type Failure = 'busy' | 'passing' | 'expired' | 'lasting';

const lost = new Set(['ECONNRESET', 'ECONNREFUSED', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN']);

/** The code of a failed connection (`ECONNRESET`), also of one that an SDK has wrapped. */
export function systemCodeOf(error: unknown): string | undefined {
  return systemCode(error) ?? (error instanceof Error && error.cause !== undefined ? systemCodeOf(error.cause) : undefined);
}

/** Whether there was no answer, half of one, or one that is none of the provider's: what was asked for may have been done. */
export function isLost(error: unknown): boolean {
  if (lost.has(systemCodeOf(error) ?? '')) return true;
  return error instanceof Error && /socket hang up|aborted|premature|TimeoutError/i.test(`${error.name} ${error.message}`);
}

/** What is done between attempts. */
export interface Repeating {
  readonly retries: number;
  readonly times: CallTimes;
  readonly signal: AbortSignal;
  readonly failureOf: (error: unknown) => Failure;
  /** Credentials have expired: gets others. @returns false when there can be none */
  readonly renew: () => boolean;
}

/**
 * Makes a call, and repeats it after what passes by itself: with pauses that grow, each of a random length. Throttling is not repeated
 * here, because then every caller of the account must wait.
 * @param attempt one attempt, ended by the signal that it gets
 */
export async function repeated<T>(
  attempt: (signal: AbortSignal) => Promise<T>,
  { retries, times, signal, failureOf, renew }: Repeating,
): Promise<T> {
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
