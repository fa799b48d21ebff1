import type { Screen } from './screen.js';
import { visible } from './visible.js';

interface Task {
  readonly text: string;
  readonly since: number;
  /** Milliseconds before the line appears. */
  readonly delay: number;
}

/** A step already printed on its own line is shown again only after this time, in milliseconds. */
const announcedDelay = 2000;

/**
 * Shows the current step of each machine. On a terminal this is one line per machine with its seconds, redrawn below all other output;
 * elsewhere it is one plain line for each new text. All other output goes through `write` or `writeData`, so that the two never mix, and
 * so that no control character from outside reaches the terminal.
 */
export class Progress {
  readonly #screen: Screen;
  readonly #tasks = new Map<string, Task>();
  #drawn = 0;
  #timer: NodeJS.Timeout | undefined;
  #paused = false;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /**
   * Sets the current step of a machine.
   * @param key the name of the machine
   * @param passing keeps the seconds of the text that is replaced, and leaves this one out of logs
   */
  update(key: string, text: string, passing = false): void {
    const before = this.#tasks.get(key);
    if (before?.text === text) return;
    if (!this.#screen.live && passing) return;
    this.#set(key, text, 0, passing ? before?.since : undefined);
    if (!this.#screen.live) this.#screen.stderr.write(`${visible(text)}\n`);
  }

  /** Sets the current step of `key` when its text was just printed: the terminal shows it with its seconds if it takes long. */
  announced(key: string, text: string): void {
    this.#set(key, text, announcedDelay);
  }

  /** Removes the line of `key`. */
  done(key: string): void {
    if (!this.#tasks.delete(key) || !this.#screen.live) return;
    this.#redraw();
    if (this.#tasks.size === 0) this.#stop();
  }

  /** Prints a permanent line above the progress lines, with control characters written out. */
  write(stream: NodeJS.WritableStream, text: string): void {
    this.writeUnchanged(stream, visible(text));
  }

  /** As `write`, for what a program or a shell is to read: control characters are written out on a terminal only. */
  writeData(stream: NodeJS.WritableStream, text: string): void {
    this.writeUnchanged(stream, isTerminal(stream) ? visible(text) : text);
  }

  /** As `write`, for text whose control characters are the user's own. */
  writeUnchanged(stream: NodeJS.WritableStream, text: string): void {
    this.#erase();
    stream.write(`${text}\n`);
    this.#draw();
  }

  /** Hides the progress lines while `work` uses the terminal. */
  async pause<T>(work: () => Promise<T>): Promise<T> {
    this.#erase();
    this.#paused = true;
    try {
      return await work();
    } finally {
      this.#paused = false;
      this.#draw();
    }
  }

  /** Removes all progress lines. */
  close(): void {
    this.#erase();
    this.#tasks.clear();
    this.#stop();
  }

  #set(key: string, text: string, delay: number, since = performance.now()): void {
    this.#tasks.set(key, { text, since, delay });
    if (!this.#screen.live) return;
    this.#timer ??= setInterval(() => {
      this.#redraw();
    }, 1000).unref();
    this.#redraw();
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #redraw(): void {
    this.#erase();
    this.#draw();
  }

  #erase(): void {
    if (this.#drawn === 0) return;
    this.#screen.stderr.write(`\u001b[${this.#drawn}A\r\u001b[0J`);
    this.#drawn = 0;
  }

  #draw(): void {
    if (!this.#screen.live || this.#paused || this.#tasks.size === 0) return;
    const now = performance.now();
    const tasks = [...this.#tasks.values()].filter(({ since, delay }) => now - since >= delay);
    const lines = progressLines(tasks, now, this.#screen.columns(), this.#screen.rows());
    this.#screen.stderr.write(lines.map((line) => `${line}\n`).join(''));
    this.#drawn = lines.length;
  }
}

/** The lines to draw: none wraps, and there are never more than the terminal has rows. */
export function progressLines(tasks: readonly Pick<Task, 'text' | 'since'>[], now: number, columns: number, rows: number): string[] {
  const room = Math.max(1, rows - 2);
  const shown = tasks.slice(0, tasks.length > room ? room - 1 : room);
  const lines = shown.map(({ text, since }) => {
    const elapsed = ` ${Math.floor((now - since) / 1000)}s`;
    const flat = visible(text.replace(/\s+/g, ' '));
    const space = columns - 1 - elapsed.length;
    return (flat.length > space ? `${flat.slice(0, Math.max(0, space - 1))}…` : flat) + elapsed;
  });
  return shown.length < tasks.length ? [...lines, `and ${tasks.length - shown.length} more`] : lines;
}

function isTerminal(stream: NodeJS.WritableStream): boolean {
  return 'isTTY' in stream && stream.isTTY === true;
}
