import { messageOf } from '../../../base/errors.js';
import { plain } from '../../../base/text.js';
import type { DriverContext, Leftover } from '../../contract.js';

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

/** Removes what was made beside a machine that could not be made. A failure of this hides nothing: `rm` tries again. */
export async function undone(
  { machineName, signal, io }: Pick<DriverContext, 'machineName' | 'signal' | 'io'>,
  remove: () => Promise<unknown>,
) {
  try {
    await remove();
  } catch (error) {
    signal.throwIfAborted();
    io.debug(`${machineName}: what was made for it could not be removed yet: ${plain(messageOf(error))}`);
  }
}
