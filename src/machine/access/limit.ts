import { setTimeout as sleep } from 'node:timers/promises';

import { TsmachineError } from '../../base/errors.js';
import { atMost } from '../../system/at-most.js';

/** How fast the calls of an account go; times in milliseconds. */
export interface LimitPace {
  /** The most calls that one account may have under way at once. */
  readonly together: number;
  /** How often a call is tried that the provider refuses because there were too many calls. */
  readonly tries: number;
  /** The first pause of the account after such a refusal, and the longest. */
  readonly firstPause: number;
  readonly longestPause: number;
  /** From one call to the next after the first refusal, and the most. It shrinks with every call that succeeds. */
  readonly firstSpacing: number;
  readonly widestSpacing: number;
}

const usual: LimitPace = { together: 8, tries: 10, firstPause: 500, longestPause: 20_000, firstSpacing: 100, widestSpacing: 4000 };

interface Account {
  readonly run: ReturnType<typeof atMost>;
  /** Nobody calls before this time, on the process's clock. */
  quietUntil: number;
  /** Between the beginnings of two calls; 0 while the provider refuses none. */
  spacing: number;
}

type Limited = <T>(name: string, use: () => Promise<T>, signal: AbortSignal) => Promise<T>;

/**
 * Runs a call of an account when fewer than its bound are under way. After PROVIDER_BUSY every caller of the account waits, the call is
 * tried again, and calls begin one after the other with a space between them: so all of them share what the provider allows (exponential
 * backoff with full jitter; the space grows with refusals and shrinks with successes).
 */
export const limited: Limited = limiter(usual);

/** With accounts of its own, for tests. */
export function limiter(pace: LimitPace): Limited {
  const accounts = new Map<string, Account>();
  return async (name, use, signal) => {
    const account = accounts.get(name) ?? { run: atMost(pace.together), quietUntil: 0, spacing: 0 };
    accounts.set(name, account);
    return account.run(() => patiently(account, use, pace, signal));
  };
}

async function patiently<T>(account: Account, use: () => Promise<T>, pace: LimitPace, signal: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    await turn(account, signal);
    try {
      const value = await use();
      account.spacing = account.spacing < pace.firstSpacing / 4 ? 0 : account.spacing * 0.9;
      return value;
    } catch (error) {
      if (!TsmachineError.is(error) || error.code !== 'PROVIDER_BUSY' || attempt === pace.tries) throw error;
      const pause = Math.min(pace.longestPause, pace.firstPause * 2 ** (attempt - 1)) * Math.random();
      account.spacing = Math.min(pace.widestSpacing, Math.max(pace.firstSpacing, account.spacing * 1.5));
      account.quietUntil = Math.max(account.quietUntil, performance.now() + pause);
    }
  }
}

/** Waits until this caller may begin; the next one may later. A refusal of another call meanwhile makes it wait longer. */
async function turn(account: Account, signal: AbortSignal): Promise<void> {
  for (;;) {
    const wait = account.quietUntil - performance.now();
    if (wait <= 0) break;
    await sleep(wait, undefined, { signal });
  }
  if (account.spacing > 0) account.quietUntil = performance.now() + account.spacing * (0.8 + 0.4 * Math.random());
}
