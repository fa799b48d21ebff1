import { atMost } from '../../system/at-most.js';
import type { Store } from '../../store/store.js';
import { TsmachineError } from '../../base/errors.js';
import { join, lines, run, say } from '../../base/text.js';

export type Outcome<T> = { readonly name: string; readonly value: T } | { readonly name: string; readonly error: unknown };

/** Runs `work` for every name, at most `limit` at once. A failure does not stop the others; outcomes are in the order of the names. */
export async function onEach<T>(names: readonly string[], limit: number, work: (name: string) => Promise<T>): Promise<Outcome<T>[]> {
  const bounded = atMost(limit);
  return Promise.all(
    names.map((name) =>
      bounded(async (): Promise<Outcome<T>> => {
        try {
          return { name, value: await work(name) };
        } catch (error) {
          return { name, error };
        }
      }),
    ),
  );
}

/**
 * The names given, or the machine called "default" when none is given (docs/compatibility.md: Which machine).
 * @throws TsmachineError MACHINE_NOT_FOUND when there is no such machine
 */
export async function resolveNames(store: Store, names: readonly string[]): Promise<string[]> {
  if (names.length > 0) return [...names];
  if (await store.exists('default')) return ['default'];
  throw new TsmachineError('MACHINE_NOT_FOUND', 'Error: No machine name(s) specified and no "default" machine exists', {
    hint: say`Name a machine; ${run('ls')} lists them`,
  });
}

/**
 * Loads every machine before anything is done to one of them, so that a mistyped name changes nothing.
 * @throws TsmachineError with every failure on a line of its own
 */
export async function loadAll(store: Store, names: readonly string[]): Promise<void> {
  const outcomes = await onEach([...new Set(names)], 50, (name) => store.load(name));
  const errors = outcomes.flatMap((outcome) => ('error' in outcome ? [TsmachineError.from(outcome.error)] : []));
  const [first] = errors;
  if (!first) return;
  if (errors.length === 1) throw first;
  throw new TsmachineError(
    'SEVERAL_FAILED',
    join(
      errors.map(({ text }) => text),
      '\n',
    ),
    {
      cause: first,
      hint: lines(errors.map(({ hint }) => hint)),
    },
  );
}
