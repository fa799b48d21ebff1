import { existsSync } from 'node:fs';
import { dirname } from 'node:path';

import { say, type Text } from '../../base/text.js';
import type { Leftover } from '../../driver/contract.js';
import { storeIdAt } from '../../store/identity.js';
import { readLedger } from '../../store/ledger.js';
import { machinePaths, storePaths } from '../../store/paths.js';
import { storeState, type RememberedStore, type StoreRegistry } from '../../store/registry.js';
import { openStore } from '../../store/store.js';

/** What the core thinks of something that a driver found. Only what is left over may be removed without naming its store. */
export type Verdict =
  | { readonly is: 'in use' }
  | { readonly is: 'left over'; readonly why: Text }
  /** Its disk may be mounted later, or another computer may be its owner. */
  | { readonly is: 'not ours to remove'; readonly why: Text };

const inUse: Verdict = { is: 'in use' };

/** Decides, for everything that drivers find, whether it still belongs to a machine of a store of this computer. */
export class Owners {
  readonly #registry: StoreRegistry;
  readonly #stores = new Map<string, Promise<RememberedStore | undefined>>();
  /** Ids of the machines of a store, by its root. */
  readonly #machines = new Map<string, Promise<ReadonlySet<string>>>();

  constructor(registry: StoreRegistry) {
    this.#registry = registry;
  }

  async verdictOn({ owner, path }: Leftover): Promise<Verdict> {
    if (owner?.store === undefined) return path === undefined ? unknown('nothing on it says which store made it') : byPath(path);
    const store = await this.#find(owner.store);
    if (!store) {
      if (path !== undefined && existsSync(machinePathsOf(path).config)) return inUse;
      return unknown('this computer knows no store with that id');
    }
    if (owner.machine !== undefined && Object.values(store.machines).some(({ id, shared }) => shared && id === owner.machine)) {
      return unknown('the machine was exported: another computer may use it');
    }
    switch (await storeState(store, storeIdAt)) {
      case 'not mounted':
        return unknown(`the disk of ${store.path} is not mounted`);
      case 'gone':
        return { is: 'left over', why: `its store ${store.path} was deleted` };
      case 'replaced':
        return { is: 'left over', why: `its store was deleted; another store is at ${store.path} now` };
      case 'there':
        return this.#inLivingStore(store, owner.machine, path);
    }
  }

  async #inLivingStore(store: RememberedStore, machine: string | undefined, path: string | undefined): Promise<Verdict> {
    if (machine === undefined || (await this.#machinesOf(store.path)).has(machine)) return inUse;
    if (path !== undefined && existsSync(machinePathsOf(path).config)) return inUse;
    const name = Object.entries(store.machines).find(([, { id }]) => id === machine)?.[0];
    return { is: 'left over', why: say`its machine ${name ?? ''} is no longer in ${store.path}` };
  }

  #find(id: string): Promise<RememberedStore | undefined> {
    const found = this.#stores.get(id) ?? this.#registry.find(id);
    this.#stores.set(id, found);
    return found;
  }

  #machinesOf(root: string): Promise<ReadonlySet<string>> {
    const found = this.#machines.get(root) ?? readMachineIds(root);
    this.#machines.set(root, found);
    return found;
  }
}

/** A machine without a readable ledger is not known by its id: its folder speaks for it. */
async function readMachineIds(root: string): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (const name of await openStore(root).names()) {
    const paths = machinePaths(root, name);
    if (!existsSync(paths.config) && !existsSync(paths.journal)) continue; // its configuration was deleted by hand
    const ledger = await readLedger(paths.ledger).catch(() => undefined);
    if (ledger) ids.add(ledger.id);
  }
  return ids;
}

/** What an older version made: known by the folder of its machine alone. */
function byPath(path: string): Verdict {
  const root = dirname(dirname(path));
  if (existsSync(machinePathsOf(path).config)) return inUse;
  if (existsSync(storePaths(root).machinesDir)) return { is: 'left over', why: `its machine's folder ${path} was deleted` };
  // a store that was deleted by hand leaves its parent folder; a disk that is not mounted leaves not even that
  return existsSync(dirname(root))
    ? { is: 'left over', why: `its store ${root} was deleted` }
    : unknown(`${dirname(root)} is missing or not mounted`);
}

function machinePathsOf(path: string): { readonly config: string } {
  const root = dirname(dirname(path));
  return machinePaths(root, path.slice(dirname(path).length + 1));
}

function unknown(why: Text): Verdict {
  return { is: 'not ours to remove', why };
}
