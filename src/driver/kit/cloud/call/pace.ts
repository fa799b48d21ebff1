import { setTimeout as sleep } from 'node:timers/promises';

import { TsmachineError } from '../../../../base/errors.js';

/** Time, as the driver knows it: tests let it pass by calls. */
export interface Pace {
  /** Milliseconds since 1970. */
  now(): number;
  pause(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export const realPace: Pace = {
  now: () => Date.now(),
  pause: async (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
};

export interface Patience {
  readonly pace: Pace;
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly timeout: number;
  /** Milliseconds of the first pause; each is longer by half, up to five seconds. Default a second. */
  readonly first?: number;
}

/** Asks again and again until there is an answer. @returns undefined when there was none in time */
export async function eventually<T>(
  ask: () => Promise<T | undefined>,
  { pace, signal, timeout, first = 1000 }: Patience,
): Promise<T | undefined> {
  const end = pace.now() + timeout;
  for (let pause = first; ; pause = Math.min(pause * 1.5, 5000)) {
    signal.throwIfAborted();
    const answer = await ask();
    if (answer !== undefined || pace.now() >= end) return answer;
    await pace.pause(pause, signal);
  }
}

/** @throws TsmachineError WAIT_TIMEOUT naming what was waited for */
export async function inTime<T>(what: string, ask: () => Promise<T | undefined>, patience: Patience): Promise<T> {
  const answer = await eventually(ask, patience);
  if (answer !== undefined) return answer;
  throw new TsmachineError('WAIT_TIMEOUT', `Waited ${Math.round(patience.timeout / 1000)} s for ${what}`);
}
