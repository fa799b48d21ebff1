import { driverNames } from '../access/driver-registry.js';
import type { Owner } from '../../base/machine.js';
import type { Session } from '../session.js';
import { discard, openAccount } from './account.js';

/**
 * Removes what drivers find of one machine of this store whose configuration cannot be read: what lies in its folder, or has its labels and
 * this store's.
 * @returns what went wrong; it stops nothing else
 */
export async function removePartsOf(
  session: Session,
  { path, owner }: { readonly path: string; readonly owner: Partial<Owner> },
): Promise<unknown[]> {
  const failures: unknown[] = [];
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    session.signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      session.signal.throwIfAborted();
      failures.push(error);
      return undefined;
    }
  };
  for (const name of driverNames()) {
    await attempt(async () => {
      const { driver, ctx } = await openAccount(session, name);
      for (const leftover of (await driver.leftovers?.(ctx)) ?? []) {
        const { store, machine } = leftover.owner ?? {};
        const isLabelled = machine !== undefined && machine === owner.machine && store === owner.store;
        if (leftover.path === path || isLabelled) await attempt(() => discard(driver, leftover, ctx));
      }
    });
  }
  return failures;
}
