import type { Screen } from './screen.js';

interface Task {
  readonly text: string;
  readonly since: number;
  /** Milliseconds before the line appears. */
  readonly delay: number;
}

/** A step that was announced on a line of its own is shown again only when it takes longer than this, in milliseconds. */
const announced = 2000;

/**
 * What runs now. On a terminal one line per machine, redrawn with its seconds below everything that was printed;
 * elsewhere one plain line for each new text. All other output goes through `write`, so that the two never mix.
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

  /** Sets what `key` (a machine's name) is doing. What is `passing` keeps the seconds of what it replaces, and is not for a log. */
  update(key: string, text: string, passing = false): void {
    const before = this.#tasks.get(key);
    if (before?.text === text) return;
    if (!this.#screen.live && passing) return;
    this.#set(key, text, 0, passing ? before?.since : undefined);
    if (!this.#screen.live) this.#screen.stderr.write(`${text}\n`);
  }

  /** What `key` is doing was just printed; the terminal shows its seconds if it lasts. */
  announced(key: string, text: string): void {
    this.#set(key, text, announced);
  }

  /** Takes the line of `key` away. */
  done(key: string): void {
    if (!this.#tasks.delete(key) || !this.#screen.live) return;
    this.#redraw();
    if (this.#tasks.size === 0) this.#stop();
  }

  /** Prints a lasting line above the progress lines. */
  write(stream: NodeJS.WritableStream, text: string): void {
    this.#erase();
    stream.write(`${text}\n`);
    this.#draw();
  }

  /** Keeps the terminal free while `use` asks something. */
  async pause<T>(use: () => Promise<T>): Promise<T> {
    this.#erase();
    this.#paused = true;
    try {
      return await use();
    } finally {
      this.#paused = false;
      this.#draw();
    }
  }

  /** Leaves the terminal as it was found. */
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

/** The lines that fit: none wraps, and never more than the terminal has rows. */
export function progressLines(tasks: readonly Pick<Task, 'text' | 'since'>[], now: number, columns: number, rows: number): string[] {
  const room = Math.max(1, rows - 2);
  const shown = tasks.slice(0, tasks.length > room ? room - 1 : room);
  const lines = shown.map(({ text, since }) => {
    const elapsed = ` ${Math.floor((now - since) / 1000)}s`;
    const flat = text.replace(/\s+/g, ' ');
    const space = columns - 1 - elapsed.length;
    return (flat.length > space ? `${flat.slice(0, Math.max(0, space - 1))}…` : flat) + elapsed;
  });
  return shown.length < tasks.length ? [...lines, `and ${tasks.length - shown.length} more`] : lines;
}
