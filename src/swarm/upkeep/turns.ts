import { turnsOf, type Turn } from './turn-order.js';

export interface TurnsTaken {
  readonly done: readonly string[];
  readonly failed: readonly { readonly name: string; readonly error: unknown }[];
  /** Those whose turn never came. */
  readonly left: readonly string[];
}

export interface TurnsOptions {
  /** Describes a member as it is now. Called again before each manager, because leadership moves. */
  readonly now: (name: string) => Promise<Turn>;
  readonly take: (name: string) => Promise<void>;
  /** Workers that may be away at the same time; managers go one at a time. */
  readonly workersAtOnce: number;
}

/** Does every turn in its order. After a failure no other turn begins; those of other workers that have begun are finished. */
export async function takeTurns(names: readonly string[], { now, take, workersAtOnce }: TurnsOptions): Promise<TurnsTaken> {
  const done: string[] = [];
  const failed: { name: string; error: unknown }[] = [];
  let left = [...names];

  async function turn(name: string): Promise<void> {
    left = left.filter((other) => other !== name);
    try {
      await take(name);
      done.push(name);
    } catch (error) {
      failed.push({ name, error });
    }
  }
  const order = async () => turnsOf(await Promise.all(left.map(now)));

  for (;;) {
    const {
      managers: [next],
    } = await order();
    if (next === undefined || failed.length > 0) break;
    await turn(next);
  }
  const { workers } = await order();
  const queue = [...workers];
  await Promise.all(
    Array.from({ length: workersAtOnce }, async () => {
      for (let next = queue.shift(); next !== undefined && failed.length === 0; next = queue.shift()) await turn(next);
    }),
  );
  return { done, failed, left };
}
