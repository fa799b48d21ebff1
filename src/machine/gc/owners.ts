import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, sep } from 'node:path';

import { messageOf } from '../../base/errors.js';
import { run, say, type Text } from '../../base/text.js';
import type { Leftover } from '../../driver/contract.js';
import { idIfReadable, storeIdAt } from '../../store/identity.js';
import { storePaths } from '../../store/paths.js';
import { storeState, type RememberedStore } from '../../store/registry.js';
import { homeDirIfAny } from '../../system/home.js';
import type { Session } from '../session.js';
import { rememberedStores } from './deleted-stores.js';
import { isMachine, livingMachines, type LivingMachines } from './living.js';

/** What the core thinks of something that a driver found. Only what is left over may be removed without naming its store. */
export type Verdict =
  | { readonly is: 'in use' }
  | { readonly is: 'left over'; readonly why: Text }
  /** Its disk may be mounted later, or another computer may be its owner. */
  | { readonly is: 'not ours to remove'; readonly why: Text };

const inUse: Verdict = { is: 'in use' };

/**
 * Decides, for everything that drivers find, whether it still belongs to a machine of a store of this computer. It reads every store once:
 * make a new one after drivers were asked, or a machine that was made in between looks like one that is gone.
 */
export class Owners {
  readonly #session: Session;
  #remembered: Promise<readonly RememberedStore[]> | undefined;
  /** By the store's root. */
  readonly #machines = new Map<string, Promise<LivingMachines>>();

  constructor(session: Session) {
    this.#session = session;
  }

  async verdictOn({ owner, path }: Leftover): Promise<Verdict> {
    if (path !== undefined && isMachine(rootOf(path), basename(path))) return inUse;
    if (owner?.store === undefined) {
      return path === undefined ? unknown('nothing on it says which store made it') : this.#byPath(path);
    }
    const stores = await this.#stores();
    if (owner.machine !== undefined && (await this.#livesInAny(stores, owner.machine))) return inUse;
    if (stores.some(({ machines }) => Object.values(machines).some(({ id, shared }) => id === owner.machine && shared === true))) {
      return unknown(say`the machine was exported: another computer may use it. If none does: ${run('gc', '--store', owner.store)}`);
    }
    const store = stores.find(({ id }) => id === owner.store);
    if (!store) return this.#ofUnknownStore(owner.store, owner.machine);
    const verdict = await this.#ofKnownStore(store, owner.machine);
    return verdict.is === 'left over' && owner.machine === undefined ? this.#ofDeletedStore(store, stores, verdict) : verdict;
  }

  /** What machines of a deleted store share is in use as long as one of them lives on elsewhere. */
  async #ofDeletedStore(store: RememberedStore, stores: readonly RememberedStore[], verdict: Verdict): Promise<Verdict> {
    const machines = Object.values(store.machines);
    for (const { id } of machines) if (await this.#livesInAny(stores, id)) return inUse;
    if (!machines.some(({ shared }) => shared === true)) return verdict;
    return unknown(say`a machine of its store was exported: another computer may use it. If none does: ${run('gc', '--store', store.id)}`);
  }

  async #ofKnownStore(store: RememberedStore, machine: string | undefined): Promise<Verdict> {
    try {
      switch (await storeState(store, storeIdAt)) {
        case 'not mounted':
          return unknown(`the disk of ${store.path} is not mounted`);
        case 'gone':
          return { is: 'left over', why: `its store ${store.path} was deleted` };
        case 'replaced':
          return { is: 'left over', why: `its store was deleted; another store is at ${store.path} now` };
        case 'there':
          return await this.#inLivingStore(store, machine);
      }
    } catch (error) {
      this.#session.signal.throwIfAborted();
      return unknown(say`its store ${store.path} cannot be read: ${messageOf(error)}`);
    }
  }

  async #inLivingStore(store: RememberedStore, machine: string | undefined): Promise<Verdict> {
    const { ids, unreadable } = await this.#machinesOf(store.path);
    if (machine === undefined) {
      // what machines of the store share is released by the last of them, unless that was forgotten before
      return ids.size + unreadable.length > 0 ? inUse : { is: 'left over', why: `there is no machine in ${store.path} that uses it` };
    }
    const name = Object.entries(store.machines).find(([, { id }]) => id === machine)?.[0];
    if (name !== undefined && isMachine(store.path, name)) return inUse;
    if (unreadable.length > 0) {
      return unknown(`it may belong to ${unreadable.join(' or ')} in ${store.path}, whose ledger.json cannot be read`);
    }
    return { is: 'left over', why: `its machine ${name === undefined ? '' : `${name} `}is no longer in ${store.path}` };
  }

  async #ofUnknownStore(store: string, machine: string | undefined): Promise<Verdict> {
    const { paths } = this.#session.store;
    // the store in use, of which this computer remembers nothing
    const isHere = (await idIfReadable(paths.ledger)) === store;
    if (isHere && machine === undefined) return inUse;
    return unknown(say`this computer does not know its store. If no other does: ${run('gc', '--store', store)}`);
  }

  /** Also a store that was copied, or moved without being used since, has the machine. */
  async #livesInAny(stores: readonly RememberedStore[], machine: string): Promise<boolean> {
    for (const root of new Set([this.#session.store.root, ...stores.map(({ path }) => path)])) {
      try {
        if ((await this.#machinesOf(root)).ids.has(machine)) return true;
      } catch (error) {
        this.#session.signal.throwIfAborted();
        this.#session.io.debug(say`Store ${root} cannot be read: ${messageOf(error)}`);
      }
    }
    return false;
  }

  /** What an older version made: known by the folder of its machine alone. */
  #byPath(path: string): Verdict {
    const root = rootOf(path);
    if (existsSync(storePaths(root).machinesDir)) return { is: 'left over', why: `its machine's folder ${path} was deleted` };
    const above = dirname(root);
    const isGone = !existsSync(root) && existsSync(above) && (isBelow(above, homeDirIfAny(this.#session.env)) || !isEmpty(above));
    if (isGone) return { is: 'left over', why: `its store ${root} was deleted` };
    // a mount point is an empty folder, or none, while its disk is not mounted
    return unknown(say`its store ${root} was deleted, or its disk is not mounted. If it was deleted: ${run('gc', '--store', root)}`);
  }

  #stores(): Promise<readonly RememberedStore[]> {
    this.#remembered ??= rememberedStores(this.#session);
    return this.#remembered;
  }

  #machinesOf(root: string): Promise<LivingMachines> {
    const found = this.#machines.get(root) ?? livingMachines(root);
    this.#machines.set(root, found);
    return found;
  }
}

/** The root of the store that a machine's folder is in. */
export function rootOf(path: string): string {
  return dirname(dirname(path));
}

function isBelow(path: string, home: string): boolean {
  return home !== '' && (path === home || path.startsWith(home + sep));
}

function isEmpty(folder: string): boolean {
  return readdirSync(folder).length === 0;
}

function unknown(why: Text): Verdict {
  return { is: 'not ours to remove', why };
}
