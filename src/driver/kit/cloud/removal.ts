import { messageOf } from '../../../base/errors.js';
import { plain } from '../../../base/text.js';
import type { DriverContext, Leftover, LedgerEntry } from '../../contract.js';

/** What could not be removed; nothing when all went. */
export type Removal = Promise<readonly Leftover[]>;

/** @param why an error, or words */
export function leftover(kind: string, id: string, why: unknown): Leftover {
  return { kind, id, why: typeof why === 'string' ? why : messageOf(why) };
}

/**
 * Removes one thing: that it cannot be removed does not keep another from going, so it is told and not thrown.
 * @param isNotFound whether an error says that it is gone already, which is a success
 */
export async function attemptRemoval(
  { signal }: Pick<DriverContext, 'signal'>,
  { kind, id }: Pick<Leftover, 'kind' | 'id'>,
  isNotFound: (error: unknown) => boolean,
  work: () => Removal | Promise<void>,
): Removal {
  try {
    return (await work()) ?? [];
  } catch (error) {
    signal.throwIfAborted();
    return isNotFound(error) ? [] : [leftover(kind, id, error)];
  }
}

/** What the ledger has of a machine under this key: an earlier run made it, or began to. */
export async function machineEntry(ctx: Pick<DriverContext, 'resources'>, of: string): Promise<LedgerEntry | undefined> {
  return (await ctx.resources()).find(({ key, scope }) => key === of && scope === 'machine');
}

/**
 * Makes a machine. When that fails and the ledger has nothing under its key, there is surely none: what was made beside it is removed. A
 * failure of that hides nothing: `rm` tries again.
 */
export async function madeOrUndone<T>(ctx: DriverContext, key: string, make: () => Promise<T>, remove: () => Promise<unknown>): Promise<T> {
  const { machineName, signal, io } = ctx;
  try {
    return await make();
  } catch (error) {
    signal.throwIfAborted();
    if ((await machineEntry(ctx, key)) === undefined) {
      await remove().catch((why: unknown) => {
        signal.throwIfAborted();
        io.debug(`${machineName}: what was made for it could not be removed yet: ${plain(messageOf(why))}`);
      });
    }
    throw error;
  }
}

/**
 * Removes what an entry of the ledger stands for, and then the entry: of what the store shares, when this machine is its last user.
 * @param kept why it must stay, while the machine that uses it is still there
 * @param remove @returns what is left
 */
export async function removeEntry(
  ctx: Pick<DriverContext, 'released'>,
  entry: LedgerEntry,
  kept: string | undefined,
  remove: () => Removal,
): Removal {
  if (kept !== undefined) {
    const isOurs = entry.scope === 'machine' || (entry.users ?? []).length <= 1;
    return isOurs && entry.id !== undefined ? [leftover(entry.kind, entry.id, kept)] : [];
  }
  let left: readonly Leftover[] = [];
  const removed = async () => {
    left = await remove();
    return left.length === 0;
  };
  if (entry.scope === 'store') await ctx.released(entry, removed);
  else if (await removed()) await ctx.released(entry);
  return left;
}
