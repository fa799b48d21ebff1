import { createHash } from 'node:crypto';

/** A fingerprint of what tells one account and region from another. Secrets may be among the parts: nothing leads back to them. */
export function fingerprint(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 16);
}

/** One for each account: its calls share connections and credentials, so that a code is asked for once. */
export class Connections<C> {
  readonly #known = new Map<string, Promise<C>>();

  /** The one that is there, or a new one; a failure is not kept. */
  to(account: string, connect: () => Promise<C>): Promise<C> {
    const known = this.#known.get(account);
    if (known) return known;
    const made = connect();
    this.#known.set(account, made);
    made.catch(() => this.#known.delete(account));
    return made;
  }

  /** The next call connects anew. */
  forget(account: string): void {
    this.#known.delete(account);
  }
}
