import { createHash } from 'node:crypto';

import type { Call, Violation } from '../types.js';

export interface Entry extends Omit<Call, 'outcome' | 'principal' | 'permissions'> {
  outcome: string | null;
  principal: string | null;
  permissions: readonly string[];
}

/** The calls since the reset, and what was wrong with them. */
export class Journal {
  readonly calls: Entry[] = [];
  readonly violations: Violation[] = [];
  #waiting: (() => void)[] = [];

  begin(call: Omit<Entry, 'n' | 'outcome' | 'principal' | 'permissions'>): Entry {
    const entry: Entry = { n: this.calls.length + 1, ...call, outcome: null, principal: null, permissions: [] };
    this.calls.push(entry);
    this.#wake();
    return entry;
  }

  end(entry: Entry, outcome: string): void {
    entry.outcome = outcome;
    this.#wake();
  }

  violate({ n, action }: Entry, message: string): void {
    this.violations.push({ n, action, message });
  }

  /** @returns false after `seconds` */
  async until(came: () => boolean, seconds: number): Promise<boolean> {
    const end = performance.now() + seconds * 1000;
    while (!came()) {
      const left = end - performance.now();
      if (left <= 0) return false;
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        timer = setTimeout(resolve, left);
        this.#waiting.push(resolve);
      });
      clearTimeout(timer);
    }
    return true;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

/** A body as the journal keeps it: of what guests are told, only size and sum. */
export function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== 'object' || value === null) return value;
  const { key, value: text } = value as { readonly key?: unknown; readonly value?: unknown };
  if (typeof key === 'string' && typeof text === 'string' && /user-data|startup-script/.test(key))
    return { key, value: `${text.length} characters, sha256 ${createHash('sha256').update(text).digest('hex')}` };
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withoutSecrets(each)]));
}
