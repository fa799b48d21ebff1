/** Work that shares a line is done one after the other, in the order in which it was asked for, whatever becomes of the work before it. */
export class Turns {
  readonly #lines = new Map<string, Promise<unknown>>();

  take<T>(line: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#lines.get(line) ?? Promise.resolve()).then(work, work);
    this.#lines.set(line, turn);
    return turn;
  }
}
