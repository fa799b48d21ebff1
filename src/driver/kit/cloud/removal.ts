import { messageOf } from '../../../base/errors.js';
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
