import type { Io } from '../../base/io.js';
import { plain, type Text } from '../../base/text.js';
import { asTyped } from '../line/program.js';
import type { Progress } from './progress.js';
import { askSecret } from './prompt.js';
import type { Screen } from './screen.js';

export interface TerminalOptions {
  readonly screen: Screen;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly debug: boolean;
  /** Where `info` prints: stderr for commands whose stdout is data. */
  readonly infoTo: 'stdout' | 'stderr';
}

/** An `Io` on a terminal or in a pipe. A run has one; `forMachine` makes another for each of several machines. */
export class TerminalIo implements Io {
  readonly #options: TerminalOptions;
  readonly #key: string;
  readonly #prefix: string;
  /** The last question: the next one, of any machine, waits until it is answered. */
  static #asking: Promise<unknown> = Promise.resolve();

  constructor(options: TerminalOptions, key = '', prefix = '') {
    this.#options = options;
    this.#key = key;
    this.#prefix = prefix;
  }

  /** The same terminal with a progress line of its own and, when `prefixed`, every line marked `(name) `. */
  forMachine(name: string, prefixed: boolean): TerminalIo {
    return new TerminalIo(this.#options, name, prefixed ? `(${name}) ` : '');
  }

  info(text: Text): void {
    const { progress, screen, infoTo } = this.#options;
    progress.done(this.#key); // the step before this message is over
    this.#print(screen[infoTo], text);
    if (plain(text).endsWith('...')) progress.announced(this.#key, this.#mark(asTyped(text)));
  }

  warn(text: Text): void {
    this.#print(this.#options.screen.stderr, text);
  }

  /** Prints the text of an error that `renderError` made. */
  error(text: string): void {
    this.#print(this.#options.screen.stderr, text);
  }

  debug(text: Text): void {
    if (this.#options.debug) this.#print(this.#options.screen.stderr, text);
  }

  progress(text: Text, passing = false): void {
    this.#options.progress.update(this.#key, this.#mark(asTyped(text)), passing);
  }

  /** Removes the progress line: the work on this machine is over. */
  finished(): void {
    this.#options.progress.done(this.#key);
  }

  secret(question: string): Promise<string | undefined> {
    const { screen, signal, progress } = this.#options;
    const asked = TerminalIo.#asking.then(() => progress.pause(() => askSecret(this.#mark(question), screen, signal)));
    TerminalIo.#asking = asked.catch(() => undefined);
    return asked;
  }

  #print(stream: NodeJS.WritableStream, text: Text): void {
    const marked = asTyped(text)
      .split('\n')
      .map((line) => this.#mark(line));
    this.#options.progress.write(stream, marked.join('\n'));
  }

  /** Puts the machine's prefix in front, unless a driver did so already. */
  #mark(line: string): string {
    return line.startsWith(this.#prefix) ? line : this.#prefix + line;
  }
}
