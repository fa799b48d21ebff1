import { readdir, rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';

import { TsmachineError, systemCode } from '../base/errors.js';
import { diskError } from '../system/files/disk-error.js';
import { makePrivateDir, unreadable, writeAtomic } from '../system/files/atomic.js';
import { type LockOptions, withLock } from '../system/locks/lock.js';
import { type Facts, readFactsFile, writeFactsFile } from './facts.js';
import { type Machine, loadMachine } from './load.js';
import { type MachinePaths, type StorePaths, machinePaths, storePaths } from './paths.js';
import { serializeHostConfig } from './config/schema.js';
import { type Staging, withStaging } from './staging.js';
import { openSwarmStore, type SwarmStore } from './swarms.js';

export type { Facts } from './facts.js';
export type { Machine } from './load.js';
export type { Staging } from './staging.js';

export type StoreLockOptions = Omit<LockOptions, 'what'>;

/** The folder that holds all machines: Docker Machine's layout, and our own files beside its. */
export interface Store {
  readonly root: string;
  readonly paths: StorePaths;
  readonly swarms: SwarmStore;
  machine(name: string): MachinePaths;
  /** The machines' folders in byte-wise order; none when there is no store yet. */
  names(): Promise<string[]>;
  /** Whether the machine's folder is there, be it half made. */
  exists(name: string): Promise<boolean>;
  /** Whether the machine's folder is there and holds nothing: what a run killed right after making it leaves. */
  isEmpty(name: string): Promise<boolean>;
  /** Another machine whose name differs in upper and lower case alone: one folder on Windows and macOS. */
  sameNameOtherCase(name: string): Promise<string | undefined>;
  /**
   * Reads a machine; a config.json of an old version is written anew, its old bytes kept in config.json.bak.
   * @throws TsmachineError MACHINE_NOT_FOUND, MACHINE_INCOMPLETE (no config.json yet), CONFIG_UNREADABLE, CONFIG_FUTURE.
   */
  load(name: string): Promise<Machine>;
  save(machine: Machine): Promise<void>;
  /** Makes the store's folders and the machine's. */
  reserve(name: string): Promise<void>;
  /** Deletes the machine's folder, half made or not; already gone is a success. */
  remove(name: string): Promise<void>;
  /** Runs `use` while nobody else works on the machine. */
  lock<T>(name: string, use: () => Promise<T>, options?: StoreLockOptions): Promise<T>;
  /** Runs `use` while nobody else works on the CA and the client certificate. */
  lockCertificates<T>(use: () => Promise<T>, options?: StoreLockOptions): Promise<T>;
  /** Makes machines out of sight, to be published when they are whole; what was not is gone afterwards. */
  stage<T>(use: (staging: Staging) => Promise<T>): Promise<T>;
  /** Runs `use` while nobody else writes the store's own ledger. */
  lockLedger<T>(use: () => Promise<T>, options?: StoreLockOptions): Promise<T>;
  /** Runs `use` while nobody else makes or removes what the store's machines share. */
  lockShared<T>(use: () => Promise<T>, options?: StoreLockOptions): Promise<T>;
  readFacts(name: string): Promise<Facts>;
  writeFacts(name: string, facts: Facts): Promise<void>;
}

/** Opens the store at `root`; touches nothing on disk. */
export function openStore(root: string): Store {
  const paths = storePaths(resolve(root));
  const machine = (name: string) => machinePaths(paths.root, inside(name));
  const names = () => listNames(paths.machinesDir);
  return {
    root: paths.root,
    paths,
    swarms: openSwarmStore(paths),
    machine,
    names,
    exists: async (name) => isFolder(machine(name).dir),
    isEmpty: async (name) => isEmptyFolder(machine(name).dir),
    async sameNameOtherCase(name) {
      return (await names()).find((other) => other !== name && other.toLowerCase() === name.toLowerCase());
    },
    load: async (name) => loadMachine({ root: paths.root, name }, machine(name)),
    save: async ({ name, config }) => writeAtomic(machine(name).config, serializeHostConfig({ ...config, Name: name }), 0o600),
    async reserve(name) {
      for (const folder of [paths.certsDir, machine(name).dir]) await makePrivateDir(folder);
    },
    remove: async (name) => removeFolder(machine(name).dir),
    lock: async (name, use, options) => {
      const file = `${paths.locksDir}/machine-${inside(name).toLowerCase()}`;
      return withLock(file, { ...options, what: `machine "${name}"` }, use);
    },
    lockCertificates: (use, options) => withLock(`${paths.locksDir}/certificates`, { ...options, what: 'the certificates' }, use),
    lockLedger: (use, options) => withLock(`${paths.locksDir}/ledger`, { ...options, what: "the store's ledger" }, use),
    lockShared: (use, options) => withLock(`${paths.locksDir}/shared`, { ...options, what: "what the store's machines share" }, use),
    stage: async (use) => withStaging(paths.root, use),
    readFacts: async (name) => readFactsFile(machine(name).facts, name),
    writeFacts: async (name, facts) => writeFactsFile(machine(name).facts, facts),
  };
}

/**
 * A name as a part of a path: nothing that leads out of the machines' folder.
 * @throws TsmachineError NAME_INVALID.
 */
function inside(name: string): string {
  if (name !== '' && !/^\.\.?$/.test(name) && !/[/\\\0]/.test(name)) return name;
  throw new TsmachineError('NAME_INVALID', `"${name}" cannot be the name of a machine`, {
    hint: 'Names are made of letters, digits, "-" and "."',
  });
}

async function listNames(machinesDir: string): Promise<string[]> {
  let entries;
  try {
    entries = await readdir(machinesDir, { withFileTypes: true });
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw unreadable(error, machinesDir);
  }
  const names: string[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(`${machinesDir}/${entry.name}`)))) names.push(entry.name);
  }
  return names.sort(); // by code unit, which is byte-wise for every name that a machine can have
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw unreadable(error, path);
  }
}

async function isEmptyFolder(path: string): Promise<boolean> {
  return (await isFolder(path)) && (await readdir(path)).length === 0;
}

async function removeFolder(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    throw diskError(error, 'Cannot remove', path);
  }
}
