import { setTimeout as sleep } from 'node:timers/promises';

import { TsmachineError } from '../../base/errors.js';
import { atMost } from '../../system/at-most.js';

/** The most calls that one account may have under way at once. */
const together = 8;
/** How often a call is tried that the provider refuses because there were too many calls. */
const tries = 8;
/** Milliseconds: the first pause after such a refusal, and the longest. */
const firstPause = 500;
const longestPause = 20_000;

interface Account {
  readonly run: ReturnType<typeof atMost>;
  /** Nobody calls before this time: milliseconds on the process's clock. */
  quietUntil: number;
}

const accounts = new Map<string, Account>();

/**
 * Runs a call of an account when fewer than its bound are under way. After PROVIDER_BUSY every caller of the account waits, and the call
 * is tried again: all of them share what the provider allows (exponential backoff with full jitter).
 */
export async function limited<T>(name: string, use: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const account = accounts.get(name) ?? { run: atMost(together), quietUntil: 0 };
  accounts.set(name, account);
  return account.run(() => patiently(account, use, signal));
}

async function patiently<T>(account: Account, use: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const quiet = account.quietUntil - performance.now();
    if (quiet > 0) await sleep(quiet, undefined, { signal });
    try {
      return await use();
    } catch (error) {
      if (!TsmachineError.is(error) || error.code !== 'PROVIDER_BUSY' || attempt === tries) throw error;
      const pause = Math.min(longestPause, firstPause * 2 ** (attempt - 1)) * Math.random();
      account.quietUntil = Math.max(account.quietUntil, performance.now() + pause);
    }
  }
}
