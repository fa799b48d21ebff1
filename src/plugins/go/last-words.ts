/** Bytes and lines that are kept of what a plugin printed. */
const [mostLines, longest] = [200, 2000];
const shownLines = 6;

/** What a plugin printed on standard error lately, for the message that tells its end. */
export class LastWords {
  readonly #lines: string[] = [];

  /** @param line without secrets */
  add(line: string): void {
    this.#lines.push(line.slice(0, longest));
    if (this.#lines.length > mostLines) this.#lines.shift();
  }

  /** The last lines; of a crash in Go, which prints every goroutine, its first ones. Empty when there are none. */
  get text(): string {
    const lines = this.#lines.filter((line) => line.trim() !== '');
    const crash = lines.findIndex((line) => /^(panic|fatal error): /.test(line));
    return (crash < 0 ? lines.slice(-shownLines) : lines.slice(crash, crash + shownLines)).join('\n');
  }
}

/**
 * A line without the secrets that plugins are known to print: rancher's EC2 driver prints its signed requests, and JSON of a driver
 * has its tokens.
 */
export function scrubbed(line: string): string {
  return line
    .replace(/\b((?:proxy-)?authorization\s*[:=]\s*).*/gi, '$1(hidden)')
    .replace(/\b(x-amz-(?:security-token|signature|credential)\s*[:=]\s*)[^\s&"]+/gi, '$1(hidden)')
    .replace(/("?[\w-]*(?:secret|token|password|passwd|api-?key|access-?key)[\w-]*"?\s*[:=]\s*)("[^"]*"|[^\s,&}]+)/gi, '$1(hidden)');
}
