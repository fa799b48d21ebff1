import { setTimeout as sleep } from 'node:timers/promises';

import { TsmachineError } from '../../base/errors.js';

/** How long one caller waits for a lock, and what happens meanwhile. */
export interface Patience {
  /** Says, once, that there is somebody to wait for. */
  begun(): void;
  /** @throws STORE_LOCKED when the time is over, or the signal's reason. */
  check(): void;
  /** Waits a little, longer each time. */
  pause(): Promise<void>;
  /** Waits for the one before in this process. */
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

export function patience(terms: Terms): Patience {
  const deadline = performance.now() + terms.timeout;
  const left = () => Math.max(deadline - performance.now(), 0);
  let announced = false;
  let interval = 25;
  const nap = (milliseconds: number, signal = terms.signal) =>
    sleep(milliseconds, undefined, signal ? { signal } : {}).catch((error: unknown) => {
      throw terms.signal?.aborted ? terms.signal.reason : error;
    });
  const waiting: Patience = {
    begun() {
      if (!announced) terms.onWait?.();
      announced = true;
    },
    check() {
      terms.signal?.throwIfAborted();
      if (announced && left() === 0) throw timedOut(terms);
    },
    async pause() {
      // Waiters that started together must not look together for ever.
      await nap(Math.min(interval * (0.75 + Math.random() / 2), left()));
      interval = Math.min(interval * 1.3, 200);
    },
    async turn(before) {
      waiting.begun();
      const stop = new AbortController();
      const giveUp = nap(left(), terms.signal ? AbortSignal.any([terms.signal, stop.signal]) : stop.signal);
      await Promise.race([
        before,
        giveUp.then(() => {
          throw timedOut(terms);
        }),
      ]).finally(() => {
        giveUp.catch(() => undefined); // ended by the line below, no failure
        stop.abort();
      });
    },
  };
  return waiting;
}

const tails = new Map<string, Promise<void>>();

/**
 * Waits until everybody in this process who asked for the same lock earlier is done.
 * @returns what to call when done.
 */
export async function enterQueue(lock: string, waiting: Patience): Promise<() => void> {
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
  return new TsmachineError('STORE_LOCKED', `Another tsmachine is at work on ${what}; waited ${Math.round(timeout / 1000)} s for it`, {
    hint: `Try again when it has ended (its lock is ${lock})`,
  });
}
