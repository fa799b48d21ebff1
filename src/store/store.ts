import { lstat, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { TsmachineError } from '../base/errors.js';
import { ownField } from '../base/machine.js';
import { diskError } from '../system/files/disk-error.js';
import { makePrivateDir, writeAtomic } from '../system/files/atomic.js';
import { entriesIfExists, statIfExists } from '../system/files/if-exists.js';
import { removeAbandoned } from '../system/files/process-folder.js';
import { type LockOptions, withLock } from '../system/locks/lock.js';
import { type Facts, readFactsFile, writeFactsFile } from './facts.js';
import { type StoredMachine, loadMachine } from './load.js';
import { type MachinePaths, type StorePaths, isHidden, lockPaths, machinePaths, stagingPrefix, storePaths } from './paths.js';
import { type HostConfig, serializeHostConfig } from './config/schema.js';
import { isJson } from './conform.js';
import { writeJsonFile } from './json-file.js';
import { type Staging, withStaging } from './staging.js';
import { openSwarmStore, type SwarmStore } from './swarms.js';

export type { Facts } from './facts.js';
export type { StoredMachine } from './load.js';
export type { Staging } from './staging.js';

export type StoreLockOptions = Omit<LockOptions, 'what'>;

/** The folder that holds all machines: Docker Machine's layout, and our own files beside its. */
export interface Store {
  readonly root: string;
  readonly paths: StorePaths;
  readonly swarms: SwarmStore;
  machine(name: string): MachinePaths;
  /** The names of all machines in byte-wise order; none when there is no store yet. */
  names(): Promise<string[]>;
  /** Whether the machine's folder exists, finished or not. */
  exists(name: string): Promise<boolean>;
  /** Whether the machine's folder exists and is empty: a run that was killed right after making it leaves that. */
  isEmpty(name: string): Promise<boolean>;
  /** Another machine whose name differs only in upper and lower case: on Windows and macOS the two share a folder. */
  sameNameOtherCase(name: string): Promise<string | undefined>;
  /**
   * Reads a machine. A config.json of an old version is rewritten; its old bytes are kept beside it.
   * @throws TsmachineError MACHINE_NOT_FOUND, MACHINE_INCOMPLETE (no config.json yet), CONFIG_UNREADABLE, CONFIG_FUTURE.
   */
  load(name: string): Promise<StoredMachine>;
  save(machine: StoredMachine): Promise<void>;
  /** Makes the store's folders and the machine's. */
  reserve(name: string): Promise<void>;
  /** Deletes the machine's folder, finished or not. No folder is a success. */
  remove(name: string): Promise<void>;
  /** Runs `use` while no other process works on the machine. */
  lock<T>(name: string, use: () => Promise<T>, options?: StoreLockOptions): Promise<T>;
  /** Runs `use` while no other process works on the CA and the client certificate. */
  lockCertificates<T>(use: () => Promise<T>, options?: StoreLockOptions): Promise<T>;
  /** Makes machines where no listing shows them, to be published once complete. What `use` does not publish is removed. */
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
  const locks = lockPaths(paths);
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
    save: async ({ name, config }) => saveMachine(machine(name), { ...config, Name: name }),
    async reserve(name) {
      for (const folder of [paths.certsDir, machine(name).dir]) await makePrivateDir(folder);
    },
    remove: async (name) => removeMachine(machine(name)),
    lock: async (name, use, options) => withLock(locks.machine(inside(name)), { ...options, what: `machine "${name}"` }, use),
    lockCertificates: (use, options) => withLock(locks.certificates, { ...options, what: 'the certificates' }, use),
    lockLedger: (use, options) => withLock(locks.ledger, { ...options, what: "the store's ledger" }, use),
    lockShared: (use, options) => withLock(locks.shared, { ...options, what: "what the store's machines share" }, use),
    stage: async (use) => withStaging(paths.root, use),
    readFacts: async (name) => readFactsFile(machine(name).facts, name),
    writeFacts: async (name, facts) => writeFactsFile(machine(name).facts, facts),
  };
}

/** What only we know goes first: the configuration is what makes a machine. */
async function saveMachine(files: MachinePaths, config: HostConfig): Promise<void> {
  const { [ownField]: own, ...driver } = config.Driver;
  if (isJson(own)) await writeJsonFile(files.driver, own);
  await writeAtomic(files.config, serializeHostConfig({ ...config, Driver: driver }), 0o600);
}

/**
 * A name as a part of a path, which must not lead out of the machines' folder.
 * @throws TsmachineError NAME_INVALID
 */
function inside(name: string): string {
  if (name !== '' && !/^\.\.?$/.test(name) && !/[/\\\0]/.test(name)) return name;
  throw new TsmachineError('NAME_INVALID', `"${name}" cannot be the name of a machine`, {
    hint: 'Names are made of letters, digits, "-" and "."',
  });
}

async function listNames(machinesDir: string): Promise<string[]> {
  const names: string[] = [];
  const entries = await entriesIfExists(machinesDir);
  // a killed import leaves keys in a folder that no listing shows
  if (entries.some(({ name }) => name.startsWith(stagingPrefix))) await removeAbandoned(join(machinesDir, stagingPrefix));
  for (const entry of entries) {
    if (isHidden(entry.name)) continue;
    if (entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(join(machinesDir, entry.name))))) names.push(entry.name);
  }
  return names.sort(); // by code unit, which is byte-wise for every name that a machine can have
}

async function isFolder(path: string): Promise<boolean> {
  return (await statIfExists(path))?.isDirectory() === true;
}

async function isEmptyFolder(path: string): Promise<boolean> {
  return (await isFolder(path)) && (await readdir(path)).length === 0;
}

/** The configuration goes last: a removal that is cut off leaves a machine that can be removed. Of a link, only the link goes. */
async function removeMachine({ dir, config }: MachinePaths): Promise<void> {
  try {
    const isLink = await lstat(dir).then(
      (found) => found.isSymbolicLink(),
      () => false, // nothing there, or the next call says why
    );
    const others = isLink ? [] : (await entriesIfExists(dir)).map((entry) => join(dir, entry.name)).filter((path) => path !== config);
    for (const path of [...others, dir]) await rm(path, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    throw diskError(error, 'Cannot remove', dir);
  }
}
