import type { Io } from '../../base/io.js';
import { asTyped } from '../line/program.js';
import type { Progress } from './progress.js';
import { askSecret } from './prompt.js';
import type { Screen } from './screen.js';

export interface TerminalOptions {
  readonly screen: Screen;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly debug: boolean;
  /** Where finished facts go: stderr for commands whose stdout is data. */
  readonly infoTo: 'stdout' | 'stderr';
}

/** The engine's `Io` on a terminal or in a pipe. One per run; `forMachine` gives each of several machines its own. */
export class TerminalIo implements Io {
  readonly #options: TerminalOptions;
  readonly #key: string;
  readonly #prefix: string;
  /** Questions are asked one after the other, whoever asks. */
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

  info(text: string): void {
    const { progress, screen, infoTo } = this.#options;
    progress.done(this.#key); // what was going on is over once something else is told
    this.#line(screen[infoTo], text);
    if (text.endsWith('...')) progress.announced(this.#key, this.#mark(text));
  }

  warn(text: string): void {
    this.#line(this.#options.screen.stderr, text);
  }

  /** Already rendered, with its own marks. */
  error(text: string): void {
    this.#line(this.#options.screen.stderr, text);
  }

  debug(text: string): void {
    if (this.#options.debug) this.#line(this.#options.screen.stderr, text);
  }

  progress(text: string, passing = false): void {
    this.#options.progress.update(this.#key, this.#mark(text), passing);
  }

  /** The work on this machine is over. */
  settled(): void {
    this.#options.progress.done(this.#key);
  }

  secret(question: string): Promise<string | undefined> {
    const { screen, signal, progress } = this.#options;
    const asked = TerminalIo.#asking.then(() => progress.pause(() => askSecret(this.#mark(question), screen, signal)));
    TerminalIo.#asking = asked.catch(() => undefined);
    return asked;
  }

  #line(stream: NodeJS.WritableStream, text: string): void {
    this.#options.progress.write(
      stream,
      text
        .split('\n')
        .map((line) => this.#mark(line))
        .join('\n'),
    );
  }

  /** Drivers mark their own lines; one mark is enough. */
  #mark(line: string): string {
    const text = asTyped(line);
    return text.startsWith(this.#prefix) ? text : this.#prefix + text;
  }
}
