import { TsmachineError, messageOf } from '../../base/errors.js';
import { say } from '../../base/text.js';
import { idIfReadable, storeIdAt } from '../../store/identity.js';
import { machinePaths, storePaths } from '../../store/paths.js';
import { storeState, type RememberedMachines, type RememberedStore } from '../../store/registry.js';
import type { Session } from '../session.js';

/**
 * How many machines are remembered of stores that were deleted: a cheap look, for commands that only mention it. What cannot be read
 * counts as being there.
 */
export async function machinesOfDeletedStores(session: Session): Promise<number> {
  let count = 0;
  for (const store of await rememberedStores(session)) {
    const machines = Object.values(store.machines).filter(({ shared }) => shared !== true).length;
    if (machines > 0 && (await isDeleted(store))) count += machines;
  }
  return count;
}

/** What this computer remembers, once the store that is in use is remembered where it lies now: it may have been moved. */
export async function rememberedStores(session: Session): Promise<RememberedStore[]> {
  const { registry, store, io } = session;
  const report = (problem: string) => {
    io.debug(problem);
  };
  const stores = await registry.all(report);
  const moved = stores.length > 0 ? await movedHere(session, stores) : undefined;
  if (!moved) return stores;
  const isThere = (path: string, name: string) => path === machinePaths(moved.path, name).dir;
  const follow = (machines: RememberedMachines) =>
    Object.fromEntries(
      Object.entries(machines).map(([name, machine]) => [
        name,
        isThere(machine.path, name) ? { ...machine, path: machinePaths(store.root, name).dir } : machine,
      ]),
    );
  try {
    await registry.update({ id: moved.id, path: store.root }, follow);
  } catch (error) {
    session.signal.throwIfAborted();
    io.debug(say`This computer's list of stores could not be written: ${messageOf(error)}`);
    return stores.filter((one) => one !== moved); // where it was, it is not; what it has lives here
  }
  return registry.all(report);
}

async function movedHere({ store: { root } }: Session, stores: readonly RememberedStore[]): Promise<RememberedStore | undefined> {
  const here = stores.find(({ path }) => path === root);
  const id = await idIfReadable(storePaths(root).ledger);
  if (id === undefined || here?.id === id) return undefined;
  const known = stores.find((store) => store.id === id);
  return known && (await idIfReadable(storePaths(known.path).ledger)) !== id ? known : undefined;
}

async function isDeleted(store: RememberedStore): Promise<boolean> {
  try {
    return ['gone', 'replaced'].includes(await storeState(store, storeIdAt));
  } catch (error) {
    if (TsmachineError.is(error)) return false; // there, and unreadable
    throw error;
  }
}
