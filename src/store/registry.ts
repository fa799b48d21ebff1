import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { TsmachineError, systemCode } from '../base/errors.js';
import { makePrivateDir, unreadable } from '../system/files/atomic.js';
import { mountPointOf } from '../system/files/mount-point.js';
import { withLock } from '../system/locks/lock.js';
import { isJson } from './conform.js';
import { isNewer, readJsonFile, writeJsonFile } from './json-file.js';
import { isId } from './ledger.js';

/** A machine of a store as the computer remembers it, also when the store is gone. */
export interface RememberedMachine {
  readonly id: string;
  readonly driver: string;
  readonly path: string;
  readonly resources: readonly { readonly kind: string; readonly id: string }[];
  /** It was exported: another computer may use it as well. */
  readonly shared?: boolean;
}

/** By name; one that was exported and is no longer in the store, by its id. */
export type RememberedMachines = Readonly<Record<string, RememberedMachine>>;

/** A store of this computer: one file for each, outside all of them. */
export interface RememberedStore {
  readonly version: 1;
  readonly id: string;
  /** Its root. */
  readonly path: string;
  /** Where the disk is mounted that the root lies on: when it is not mounted, the store is not gone. */
  readonly mount: string;
  readonly machines: RememberedMachines;
}

/** What became of a store: gone for good (with another one in its place: replaced), or only out of sight now. */
export type StoreState = 'there' | 'gone' | 'not mounted' | 'replaced';

/** The stores of this computer that this user's tsmachine has made machines in. */
export interface StoreRegistry {
  /** Every store that is remembered. A file that cannot be read is left out and reported. */
  all(report?: (problem: string) => void): Promise<RememberedStore[]>;
  /** @throws TsmachineError CONFIG_UNREADABLE, CONFIG_FUTURE */
  find(id: string): Promise<RememberedStore | undefined>;
  /** Changes what is remembered of one store; a store without machines is forgotten. */
  update(store: Pick<RememberedStore, 'id' | 'path'>, change: (machines: RememberedMachines) => RememberedMachines): Promise<void>;
  /** Forgets a machine that is gone, by its id. */
  forget(store: string, machine: string): Promise<void>;
  /** The machine leaves its store and lives on elsewhere: its name is free, and what was made for it is not left over. */
  release(store: string, machine: string): Promise<void>;
}

/** @param dir a folder outside all stores; nothing is touched before something is to be remembered */
export function openStoreRegistry(dir: string): StoreRegistry {
  const fileOf = (id: string) => join(dir, 'stores', `${id}.json`);
  const find = async (id: string) => (dir === '' || !isId(id) ? undefined : read(fileOf(id), id));
  const write = async (store: RememberedStore) => {
    if (Object.keys(store.machines).length === 0) return rm(fileOf(store.id), { force: true });
    await makePrivateDir(join(dir, 'stores'));
    await writeJsonFile(fileOf(store.id), store);
  };
  const locked = (id: string, use: () => Promise<void>) =>
    withLock(join(dir, 'locks', id), { what: 'what this computer remembers of a store' }, use);
  const change = async (id: string, use: (store: RememberedStore) => RememberedMachines) => {
    if (!(await find(id))) return;
    await locked(id, async () => {
      const store = await find(id);
      if (store) await write({ ...store, machines: use(store) });
    });
  };
  return {
    find,
    async all(report = () => undefined) {
      if (dir === '') return [];
      const stores: RememberedStore[] = [];
      for (const name of await filesIn(join(dir, 'stores'))) {
        try {
          const store = await find(name.replace(/\.json$/, ''));
          if (store) stores.push(store);
        } catch (error) {
          report(TsmachineError.from(error).message);
        }
      }
      return stores;
    },
    async update({ id, path }, use) {
      if (dir === '') return;
      await locked(id, async () => {
        const machines = use((await find(id))?.machines ?? {});
        await write({ version: 1, id, path, mount: await mountPointOf(path), machines });
      });
    },
    forget: (id, machine) => change(id, ({ machines }) => withoutMachine(machines, machine)),
    release: (id, machine) =>
      change(id, ({ machines }) => {
        const known = Object.values(machines).find((one) => one.id === machine);
        return { ...withoutMachine(machines, machine), ...(known ? { [machine]: known } : {}) };
      }),
  };
}

/** What is remembered, without a machine, whatever name it had. Pure. */
export function withoutMachine(machines: RememberedMachines, id: string): RememberedMachines {
  return Object.fromEntries(Object.entries(machines).filter(([, machine]) => machine.id !== id));
}

/**
 * Whether a remembered store is still where it was.
 * @param idThere reads the id of the store that lies at a path now
 * @throws TsmachineError what `idThere` throws: a store that cannot be read is not gone
 */
export async function storeState(store: RememberedStore, idThere: (path: string) => Promise<string | undefined>): Promise<StoreState> {
  const there = await exists(store.path);
  if (there && (await idThere(store.path)) === store.id) return 'there';
  // a mount point is an empty folder while its disk is not mounted
  if ((await mountPointOf(store.path)) !== store.mount) return 'not mounted';
  return there ? 'replaced' : 'gone';
}

async function read(file: string, id: string): Promise<RememberedStore | undefined> {
  const found = await readJsonFile(file);
  if (!found) return undefined;
  const { value } = found;
  if (isStore(value) && value.id === id) return value;
  if (isNewer(value, 1)) {
    throw new TsmachineError('CONFIG_FUTURE', `${file} was written by a newer tsmachine`, {
      hint: 'Use the tsmachine that wrote it, or a newer one',
    });
  }
  throw new TsmachineError('CONFIG_UNREADABLE', `Cannot read ${file}, which says what a store of this computer holds`, {
    hint: 'Delete it: the next command on that store writes it again. It then no longer says which machines were exported',
  });
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
    isId(value['id']) &&
    ['driver', 'path'].every((field) => typeof value[field] === 'string') &&
    (value['shared'] === undefined || typeof value['shared'] === 'boolean') &&
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
