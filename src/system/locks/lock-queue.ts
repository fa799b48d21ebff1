import { setTimeout as sleep } from 'node:timers/promises';

import { TsmachineError } from '../../base/errors.js';

/** One caller's wait for a lock. */
export interface Waiting {
  /** Reports, once, that somebody else holds the lock. */
  announce(): void;
  /** @throws STORE_LOCKED after the timeout, or the signal's reason. */
  check(): void;
  /** Pauses briefly, a little longer each time. */
  pause(): Promise<void>;
  /** Waits until the previous caller in this process is done. */
  turn(before: Promise<void>): Promise<void>;
}

interface Terms {
  readonly what: string;
  readonly lock: string;
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
  readonly onWait?: () => void;
}

export function startWaiting(terms: Terms): Waiting {
  const deadline = performance.now() + terms.timeout;
  const left = () => Math.max(deadline - performance.now(), 0);
  let announced = false;
  let interval = 25;
  const nap = (milliseconds: number, signal = terms.signal) =>
    sleep(milliseconds, undefined, signal ? { signal } : {}).catch((error: unknown) => {
      throw terms.signal?.aborted ? terms.signal.reason : error;
    });
  const waiting: Waiting = {
    announce() {
      if (!announced) terms.onWait?.();
      announced = true;
    },
    check() {
      terms.signal?.throwIfAborted();
      if (announced && left() === 0) throw timedOut(terms);
    },
    async pause() {
      // Random, so that waiters that started together do not always try at the same time.
      await nap(Math.min(interval * (0.75 + Math.random() / 2), left()));
      interval = Math.min(interval * 1.3, 200);
    },
    async turn(before) {
      waiting.announce();
      const stop = new AbortController();
      const giveUp = nap(left(), terms.signal ? AbortSignal.any([terms.signal, stop.signal]) : stop.signal);
      await Promise.race([
        before,
        giveUp.then(() => {
          throw timedOut(terms);
        }),
      ]).finally(() => {
        giveUp.catch(() => undefined); // ended by the next line, which is not a failure
        stop.abort();
      });
    },
  };
  return waiting;
}

const tails = new Map<string, Promise<void>>();

/**
 * Waits until every earlier caller in this process that wants the same lock is done.
 * @returns a function to call when done.
 */
export async function enterQueue(lock: string, waiting: Waiting): Promise<() => void> {
  const before = tails.get(lock);
  let leave = () => {};
  const mine = new Promise<void>((done) => {
    leave = done;
  });
  const tail = Promise.all([before, mine]).then(() => {
    if (tails.get(lock) === tail) tails.delete(lock);
  });
  tails.set(lock, tail);
  try {
    if (before) await waiting.turn(before);
    return leave;
  } catch (error) {
    leave();
    throw error;
  }
}

function timedOut({ what, timeout, lock }: Terms): TsmachineError {
  return new TsmachineError(
    'STORE_LOCKED',
    `Another tsmachine is working on ${what}; gave up after waiting ${Math.round(timeout / 1000)} s`,
    {
      hint: `Try again when it has finished (its lock is ${lock})`,
    },
  );
}
