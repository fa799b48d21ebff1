import { existsSync } from 'node:fs';

import { readLedger } from '../../store/ledger.js';
import { machinePaths } from '../../store/paths.js';
import { openStore } from '../../store/store.js';
import { TsmachineError } from '../../base/errors.js';

/** The machines that a store has now. */
export interface LivingMachines {
  readonly ids: ReadonlySet<string>;
  /** Names of machines whose id cannot be read: any of them may stand behind anything. */
  readonly unreadable: readonly string[];
}

/** @throws TsmachineError CONFIG_UNREADABLE when the store cannot be listed */
export async function livingMachines(root: string): Promise<LivingMachines> {
  const ids = new Set<string>();
  const unreadable: string[] = [];
  for (const name of await openStore(root).names()) {
    if (!isMachine(root, name)) continue;
    try {
      const ledger = await readLedger(machinePaths(root, name).ledger);
      if (ledger) ids.add(ledger.id);
    } catch (error) {
      if (!TsmachineError.is(error)) throw error;
      unreadable.push(name);
    }
  }
  return { ids, unreadable };
}

/**
 * Those of a store's users of something that are still in it: a machine whose folder was deleted, or that was forgotten before its driver
 * could remove it, never says that it uses nothing any more. All of them while the id of a machine cannot be read.
 */
export async function stillThere(root: string, users: readonly string[]): Promise<readonly string[]> {
  if (users.length === 0) return users;
  const { ids, unreadable } = await livingMachines(root);
  return unreadable.length > 0 ? users : users.filter((id) => ids.has(id));
}

/** Whether a machine is there, finished or not: a folder whose files were deleted is none. */
export function isMachine(root: string, name: string): boolean {
  const { config, journal } = machinePaths(root, name);
  return existsSync(config) || existsSync(journal);
}
