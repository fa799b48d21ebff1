import { createHash } from 'node:crypto';

import type { Call, Violation } from '../types.js';
import { isJson } from '../world/json.js';

/** All calls in their order, and who waits for one. */
export class Journal {
  readonly calls: { -readonly [K in keyof Call]: Call[K] }[] = [];
  readonly violations: Violation[] = [];
  readonly #waiting = new Set<() => void>();

  begin(call: Omit<Call, 'n' | 'outcome' | 'params'>, body: unknown): { -readonly [K in keyof Call]: Call[K] } {
    const entry = { ...call, n: this.calls.length + 1, params: concealed(body), outcome: null };
    this.calls.push(entry);
    this.tell();
    return entry;
  }

  violate({ n, action }: Call, code: string, message: string): void {
    this.violations.push({ n, action, code, message });
  }

  tell(): void {
    for (const wake of this.#waiting) wake();
  }

  async until(good: () => boolean, seconds: number): Promise<boolean> {
    if (good()) return true;
    return new Promise((resolve) => {
      const end = (result: boolean) => {
        this.#waiting.delete(wake);
        clearTimeout(timer);
        resolve(result);
      };
      const wake = () => {
        if (good()) end(true);
      };
      const timer = setTimeout(() => {
        end(good());
      }, seconds * 1000);
      this.#waiting.add(wake);
    });
  }
}

const secrets = new Set(['adminPassword', 'client_secret', 'client_assertion', 'refresh_token', 'device_code', 'protectedSettings']);
const documents = new Set(['customData', 'userData']);

function concealed(body: unknown): Record<string, unknown> {
  return isJson(body) ? (conceal(body) as Record<string, unknown>) : {};
}

function conceal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(conceal);
  if (!isJson(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      if (secrets.has(name)) return [name, '(secret)'];
      return [name, documents.has(name) && typeof item === 'string' ? summary(item) : conceal(item)];
    }),
  );
}

function summary(document: string): string {
  return `${document.length} characters, sha256 ${createHash('sha256').update(document).digest('hex')}`;
}
