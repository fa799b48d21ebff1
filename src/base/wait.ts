import { setTimeout as sleep } from 'node:timers/promises';

import { TsmachineError } from './errors.js';
import type { Text } from './text.js';

export interface WaitOptions {
  /** Milliseconds after which waiting fails with WAIT_TIMEOUT. */
  readonly timeout: number;
  /** Milliseconds between two checks; grows by half each time up to `maxInterval`. */
  readonly interval?: number;
  readonly maxInterval?: number;
  readonly signal?: AbortSignal;
  /** What is awaited, as the error names it: "m1 to be running". */
  readonly what: string;
  readonly hint?: Text | undefined;
}

/**
 * Calls `check` until it returns something other than undefined.
 * @throws TsmachineError WAIT_TIMEOUT naming what was waited for; the signal's reason when aborted; what `check` throws.
 */
export async function waitFor<T>(check: () => Promise<T | undefined> | T | undefined, options: WaitOptions): Promise<T> {
  const deadline = performance.now() + options.timeout;
  let interval = options.interval ?? 100;
  for (;;) {
    options.signal?.throwIfAborted();
    const found = await check();
    if (found !== undefined) return found;
    const left = deadline - performance.now();
    if (left <= 0) {
      throw new TsmachineError('WAIT_TIMEOUT', `Waited ${Math.round(options.timeout / 1000)} s for ${options.what}`, {
        hint: options.hint,
      });
    }
    await sleep(Math.min(interval, left), undefined, options.signal ? { signal: options.signal } : {});
    interval = Math.min(interval * 1.5, options.maxInterval ?? 1000);
  }
}

/** The result of a wait that may run out of time: undefined then. Every other failure is thrown. */
export async function unlessTimeout<T>(waiting: Promise<T>): Promise<T | undefined> {
  try {
    return await waiting;
  } catch (error) {
    if (TsmachineError.is(error) && error.code === 'WAIT_TIMEOUT') return undefined;
    throw error;
  }
}
