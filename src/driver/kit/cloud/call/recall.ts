/** Milliseconds for which an answer holds. */
const lifetime = 60_000;

interface Remembered {
  readonly answer: Promise<unknown>;
  /** On the process's clock. */
  readonly until: number;
}

/** By the signal that ends a run: the machines that are made together have it in common, and nobody else. */
const runs = new WeakMap<AbortSignal, Map<string, Remembered>>();

/** The answer that this run has for the key, or a new one; a failure is not remembered. */
export function recalled<T>(run: AbortSignal, key: string, ask: () => Promise<T>): Promise<T> {
  const known = runs.get(run) ?? new Map<string, Remembered>();
  runs.set(run, known);
  const found = known.get(key);
  if (found && found.until > performance.now()) return found.answer as Promise<T>;
  const answer = ask();
  known.set(key, { answer, until: performance.now() + lifetime });
  answer.catch(() => known.delete(key));
  return answer;
}
