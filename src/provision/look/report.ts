/** The output of a script that prints `key|text` lines; a text of several lines repeats its key on each. */
export class Report {
  readonly #lines = new Map<string, string[]>();

  constructor(output: string) {
    for (const line of output.split('\n')) {
      const bar = line.indexOf('|');
      if (bar <= 0) continue;
      const key = line.slice(0, bar);
      const lines = this.#lines.get(key);
      if (lines) lines.push(line.slice(bar + 1));
      else this.#lines.set(key, [line.slice(bar + 1)]);
    }
  }

  has(key: string): boolean {
    return this.#lines.has(key);
  }

  /** The first line under the key; empty when there is none. */
  first(key: string): string {
    return this.#lines.get(key)?.[0]?.trim() ?? '';
  }

  lines(key: string): readonly string[] {
    return this.#lines.get(key) ?? [];
  }

  /** The whole text under the key. */
  text(key: string): string {
    return this.lines(key).join('\n');
  }
}
