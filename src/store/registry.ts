import { readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { TsmachineError, systemCode } from '../base/errors.js';
import { makePrivateDir, readIfExists, unreadable, writeAtomic } from '../system/files/atomic.js';
import { withLock } from '../system/locks/lock.js';
import { isJson } from './conform.js';

/** A machine of a store as the computer remembers it, also when the store is gone. */
export interface RememberedMachine {
  readonly id: string;
  readonly driver: string;
  readonly path: string;
  readonly resources: readonly { readonly kind: string; readonly id: string }[];
  /** It was exported: another computer may use it as well. */
  readonly shared?: boolean;
}

type RememberedMachines = Readonly<Record<string, RememberedMachine>>;

/** A store of this computer: one file for each, outside all of them. */
export interface RememberedStore {
  readonly version: 1;
  readonly id: string;
  /** Its root. */
  readonly path: string;
  /** Where the disk is mounted that the root lies on: when it is not mounted, the store is not gone. */
  readonly mount: string;
  /** By name. */
  readonly machines: RememberedMachines;
}

/** What became of a store: gone for good, or only not to be seen now. */
export type StoreState = 'there' | 'gone' | 'not mounted' | 'replaced';

/** The stores of this computer that this user's tsmachine has made machines in. */
export interface StoreRegistry {
  /** Every known store. Files that cannot be read are left out and reported to `told`. */
  all(told?: (problem: string) => void): Promise<RememberedStore[]>;
  find(id: string): Promise<RememberedStore | undefined>;
  /** Changes what is remembered of one store; a store without machines is forgotten. */
  update(store: Pick<RememberedStore, 'id' | 'path'>, change: (machines: RememberedMachines) => RememberedMachines): Promise<void>;
  /** A machine that is gone, or a store of which nothing is left. */
  forget(id: string, machine?: string): Promise<void>;
}

/** @param dir a folder outside all stores; nothing is touched before something is to be remembered */
export function openStoreRegistry(dir: string): StoreRegistry {
  const fileOf = (id: string) => join(dir, 'stores', `${id}.json`);
  const find = async (id: string) => read(fileOf(id));
  const write = async (store: RememberedStore) => {
    if (Object.keys(store.machines).length === 0) return rm(fileOf(store.id), { force: true });
    await makePrivateDir(join(dir, 'stores'));
    await writeAtomic(fileOf(store.id), `${JSON.stringify(store, null, 2)}\n`, 0o600);
  };
  const locked = (id: string, use: () => Promise<void>) =>
    withLock(join(dir, 'locks', id), { what: 'what this computer remembers of a store' }, use);
  return {
    find,
    async all(told = () => undefined) {
      if (dir === '') return [];
      const stores: RememberedStore[] = [];
      for (const name of await filesIn(join(dir, 'stores'))) {
        try {
          const store = await find(name.replace(/\.json$/, ''));
          if (store) stores.push(store);
        } catch (error) {
          told(TsmachineError.from(error).message);
        }
      }
      return stores;
    },
    async update({ id, path }, change) {
      if (dir === '') return;
      await locked(id, async () => {
        const machines = change((await find(id))?.machines ?? {});
        await write({ version: 1, id, path, mount: await mountOf(path), machines });
      });
    },
    async forget(id, machine) {
      if (dir === '' || !(await find(id))) return;
      await locked(id, async () => {
        const store = await find(id);
        if (!store) return;
        const { [machine ?? '']: _gone, ...machines } = store.machines;
        await write({ ...store, machines: machine === undefined ? {} : machines });
      });
    },
  };
}

/** Whether a remembered store is still where it was. @param idThere reads the id of the store that lies at a path now */
export async function storeState(store: RememberedStore, idThere: (path: string) => Promise<string | undefined>): Promise<StoreState> {
  if (await exists(store.path)) return (await idThere(store.path)) === store.id ? 'there' : 'replaced';
  return (await mountOf(store.path)) === store.mount ? 'gone' : 'not mounted';
}

/** The top folder of the disk that a path lies on, or would lie on: the last one, on the way up, of the same device. */
async function mountOf(path: string): Promise<string> {
  let here = path;
  while (!(await exists(here)) && dirname(here) !== here) here = dirname(here);
  const { dev } = await stat(here);
  while (dirname(here) !== here && (await stat(dirname(here))).dev === dev) here = dirname(here);
  return here;
}

async function read(file: string): Promise<RememberedStore | undefined> {
  const text = await readIfExists(file);
  if (text === undefined) return undefined;
  const store = parse(text);
  if (isStore(store)) return store;
  throw new TsmachineError('CONFIG_UNREADABLE', `Cannot read ${file}, which says what a store of this computer holds`, {
    hint: 'Delete it when that store is no longer used: the next command on the store writes it again',
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // cut off: the caller says so
  }
}

function isStore(value: unknown): value is RememberedStore {
  return (
    isJson(value) &&
    value['version'] === 1 &&
    ['id', 'path', 'mount'].every((field) => typeof value[field] === 'string') &&
    hasMachines(value)
  );
}

function hasMachines({ machines }: { readonly machines?: unknown }): boolean {
  return isJson(machines) && Object.values(machines).every(isMachine);
}

function isMachine(value: unknown): boolean {
  return (
    isJson(value) &&
    ['id', 'driver', 'path'].every((field) => typeof value[field] === 'string') &&
    Array.isArray(value['resources']) &&
    value['resources'].every((one) => isJson(one) && typeof one['kind'] === 'string' && typeof one['id'] === 'string')
  );
}

async function filesIn(dir: string): Promise<string[]> {
  try {
    return (await readdir(dir)).filter((name) => name.endsWith('.json')).sort();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw unreadable(error, dir);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return false;
    throw unreadable(error, path);
  }
}
