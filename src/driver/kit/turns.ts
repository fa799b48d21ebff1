/** Work that shares a line is done one after the other, in the order in which it was asked for, whatever becomes of the work before it. */
export class Turns {
  readonly #lines = new Map<string, Promise<unknown>>();

  take<T>(line: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#lines.get(line) ?? Promise.resolve()).then(work, work);
    this.#lines.set(line, turn);
    return turn;
  }
}

/** Runs `work` on the first call; later calls get the same promise. */
export function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= work());
}
