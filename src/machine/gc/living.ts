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

/** Whether a machine is there, finished or not: a folder whose files were deleted is none. */
export function isMachine(root: string, name: string): boolean {
  const { config, journal } = machinePaths(root, name);
  return existsSync(config) || existsSync(journal);
}
