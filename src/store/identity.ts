import { stat } from 'node:fs/promises';

import { TsmachineError } from '../base/errors.js';
import { readLedger, newLedger, writeLedger, type Ledger } from './ledger.js';
import { storePaths } from './paths.js';

/**
 * The ledger of a store that is about to be written: of a new store a new one; of a copy of another store one with an id of its own, and
 * without what that store's machines share. A store that was moved keeps its id.
 * @throws TsmachineError as `readLedger`
 */
export async function ownLedger(root: string): Promise<Ledger> {
  const { ledger: file } = storePaths(root);
  const found = await readLedger(file);
  if (found?.path === root) return found;
  const ledger = found && !(await isCopy(found, file)) ? { ...found, path: root } : newLedger(root);
  await writeLedger(file, ledger);
  return ledger;
}

/** The id of the store at a path; undefined where there is none, or one that has none yet. */
export async function storeIdAt(root: string): Promise<string | undefined> {
  return (await readLedger(storePaths(root).ledger))?.id;
}

/** The id in a ledger, of a store or a machine; undefined where there is none, and where it cannot be read. */
export async function idIfReadable(file: string): Promise<string | undefined> {
  try {
    return (await readLedger(file))?.id;
  } catch (error) {
    if (TsmachineError.is(error)) return undefined;
    throw error;
  }
}

/**
 * A store that is reached by another path, through a link or a mount, is no copy: the ledger there is the very same file. A ledger there
 * that cannot be read may be the original's: this store then gets an id of its own.
 */
async function isCopy({ id, path }: Ledger, file: string): Promise<boolean> {
  if (path === undefined) return false;
  try {
    if ((await storeIdAt(path)) !== id) return false;
  } catch (error) {
    if (TsmachineError.is(error)) return true;
    throw error;
  }
  const [there, here] = await Promise.all([storePaths(path).ledger, file].map((one) => stat(one, { bigint: true })));
  return there?.dev !== here?.dev || there?.ino !== here?.ino;
}
