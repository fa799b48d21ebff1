import { plain } from '../../../src/base/text.js';
import { messageOf } from '../../../src/base/errors.js';
import type { DriverContext, LedgerEntry } from '../../../src/driver/contract.js';
import type { Arm } from '../api.js';
import { armRefusal } from '../errors.js';

/** Something with a name of its own, which is made by saying how it is to be. */
export interface NamedThing<R> {
  readonly key: string;
  readonly kind: string;
  readonly scope: 'machine' | 'store';
  readonly request: R;
  /** That it takes to make it. */
  readonly right: string;
  /** Its id if it is there; undefined when it is not. */
  find(entry: LedgerEntry): Promise<string | undefined>;
  /** Makes it, or does nothing when it is there as it is to be. @returns its id */
  put(request: R, note: (operation: string) => Promise<void>): Promise<string>;
}

/** Makes it, or goes on with making it. @returns its id */
export function ensureNamed<R>(thing: NamedThing<R>, ctx: DriverContext, arm: Arm): Promise<string> {
  const { key, kind, scope, request, right } = thing;
  return ctx.resource<R>(
    key,
    { kind, scope, request },
    {
      find: async (entry) => {
        // what is being made cannot be used yet
        if (entry.operation !== undefined) await outcome(arm, right, entry.operation, ctx);
        return thing.find(entry);
      },
      make: (wanted, _token, note) => thing.put(wanted, note),
    },
  );
}

/**
 * Waits for the end of an operation that an earlier run began. How it ended shows in what it made: operations are forgotten after a while.
 * @returns how it failed; undefined when it did not
 */
export async function outcome(arm: Arm, right: string, operation: string, ctx: Pick<DriverContext, 'io'>): Promise<unknown> {
  try {
    await arm.resume(right, operation);
    return undefined;
  } catch (error) {
    if (!armRefusal(error)) throw error;
    ctx.io.debug(`What an earlier run began has failed: ${plain(messageOf(error))}`);
    return error;
  }
}
