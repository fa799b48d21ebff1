import { rm, rmdir } from 'node:fs/promises';

import type { EngineInstall } from '../base/machine.js';
import { TsmachineError, systemCode } from '../base/errors.js';
import type { FlagValues } from '../base/flags.js';
import type { Availability, Labels, Role } from '../base/swarm-node.js';
import { run, say } from '../base/text.js';
import { diskError } from '../system/files/disk-error.js';
import { makePrivateDir } from '../system/files/atomic.js';
import { entriesIfExists, statIfExists } from '../system/files/if-exists.js';
import { withLock, type LockOptions } from '../system/locks/lock.js';
import { isJson } from './conform.js';
import type { EngineOptions, SwarmOptions } from './config/options.js';
import { isEngineInstall, isFlagValues } from './facts.js';
import { readJsonFile, writeJsonFile } from './json-file.js';
import { isHidden, lockPaths, swarmPaths, type StorePaths } from './paths.js';

/** What the store knows of a member; the swarm itself knows the rest. */
export interface MemberRecord {
  readonly role: 'manager' | 'worker';
  /** The group of the swarm file it was made for. */
  readonly group?: string;
  /** Its node id, once it has joined. */
  readonly node?: string;
}

/** A machine that replaces another: how to create it, and what its node is to be. Kept until the replacement is complete. */
export interface Replacement {
  /** The new machine. It has the old one's name when the old one is removed first. */
  readonly by: string;
  /** The old machine was removed; a machine of its name is the new one. */
  readonly gone: boolean;
  readonly role: Role;
  readonly group?: string;
  readonly availability: Availability;
  readonly labels: Labels;
  readonly driver: string;
  /** The driver's flags, without secrets. */
  readonly flags: FlagValues;
  readonly engine: EngineOptions;
  readonly swarm: SwarmOptions;
  readonly tlsSans: readonly string[];
  /** The user's own CA and client certificate, instead of the store's. */
  readonly tls: { readonly caCert?: string; readonly caKey?: string; readonly clientCert?: string; readonly clientKey?: string };
  /** As in the machine's facts. */
  readonly install: EngineInstall;
}

/** A member that has to join again: what its node was, as far as is known. */
export interface Rejoin {
  readonly role: Role;
  /** Its former node id. */
  readonly node?: string;
  readonly availability?: Availability;
  readonly labels?: Labels;
}

/** swarm.json: which machines are, or are to become, one swarm. Labels and tokens are kept by the swarm itself, not here. */
export interface SwarmRecord {
  readonly version: 1;
  readonly name: string;
  /** The swarm's id, once it is known. */
  readonly cluster?: string;
  /** The machine chosen to initialise it, recorded before it is asked to. */
  readonly first?: string;
  readonly members: Readonly<Record<string, MemberRecord>>;
  /** Members may be in different networks: they all use their public addresses. */
  readonly acrossNetworks?: boolean;
  /** Replacements in progress, by the name of the old machine. */
  readonly replacing?: Readonly<Record<string, Replacement>>;
  /**
   * Members from before the swarm was restarted from one manager's state. Their own state is out of date, so they leave before they
   * join again, whenever they return.
   */
  readonly rejoining?: Readonly<Record<string, Rejoin>>;
  /** Nodes that are drained during an upgrade, and the availability that each gets back. */
  readonly drained?: Readonly<Record<string, Availability>>;
  /** The last renewal of every machine's certificate. */
  readonly renewing?: Renewal;
}

/** A `swarm regenerate-certs`, finished or interrupted. */
export interface Renewal {
  /** When it began, ISO 8601. */
  readonly since: string;
  /** Machines that have no new certificate yet; empty when it is finished. */
  readonly left: readonly string[];
}

/** Keys that unlock an autolocked swarm's managers, newest first: a manager that was down during a rotation needs an older one. */
export type UnlockKeys = readonly string[];

/** How many former unlock keys are kept. */
const keysKept = 5;

/** The swarms of a store: each has a folder of mode 0700 with files of mode 0600. */
export interface SwarmStore {
  /** In byte-wise order. */
  names(): Promise<string[]>;
  /** @throws TsmachineError CONFIG_UNREADABLE */
  find(name: string): Promise<SwarmRecord | undefined>;
  save(record: SwarmRecord): Promise<void>;
  /** Deletes the record and the keys; backups of the raft state stay. */
  remove(name: string): Promise<void>;
  lock<T>(name: string, use: () => Promise<T>, options?: Omit<LockOptions, 'what'>): Promise<T>;
  unlockKeys(name: string): Promise<UnlockKeys>;
  /** Adds a key as the newest. */
  keepUnlockKey(name: string, key: string): Promise<void>;
  /** The folder for backups of the swarm's raft state. */
  backupsDir(name: string): string;
}

export function openSwarmStore(paths: Pick<StorePaths, 'swarmsDir' | 'locksDir'>): SwarmStore {
  const locks = lockPaths(paths);
  const files = (name: string) => swarmPaths(paths, inside(name));

  async function find(name: string): Promise<SwarmRecord | undefined> {
    const { record } = files(name);
    const found = await readJsonFile(record);
    if (found === undefined) return undefined;
    if (isRecord(found.value)) return found.value;
    throw notOurs(record);
  }

  async function unlockKeys(name: string): Promise<UnlockKeys> {
    const { unlockKeys: file } = files(name);
    const keys = (await readJsonFile(file)) ?? { value: [] };
    if (isStrings(keys.value)) return keys.value;
    throw notOurs(file);
  }

  return {
    async names() {
      const folders = await listFolders(paths.swarmsDir);
      const found = await Promise.all(folders.map(async (name) => ((await statIfExists(files(name).record)) === undefined ? [] : [name])));
      return found.flat();
    },
    find,
    async save(record) {
      await makePrivateDir(files(record.name).dir);
      await writeJsonFile(files(record.name).record, record);
    },
    async remove(name) {
      const { dir, record, unlockKeys: keys } = files(name);
      for (const file of [keys, record]) await removeFile(file);
      await removeIfEmpty(dir);
    },
    lock: (name, use, options) => withLock(locks.swarm(inside(name)), { ...options, what: `swarm "${name}"` }, use),
    unlockKeys,
    async keepUnlockKey(name, key) {
      const known = await unlockKeys(name);
      if (known[0] === key) return;
      const { dir, unlockKeys: file } = files(name);
      await makePrivateDir(dir);
      await writeJsonFile(file, [key, ...known.filter((other) => other !== key)].slice(0, keysKept));
    },
    backupsDir: (name) => files(name).backups,
  };
}

function notOurs(file: string): TsmachineError {
  return new TsmachineError('CONFIG_UNREADABLE', `Cannot read ${file}: it does not hold what tsmachine writes there`, {
    hint: say`Restore it from a backup, or delete it and take the running swarm into the store again: ${run('swarm', 'init', 'MANAGER')}`,
  });
}

function isRecord(value: unknown): value is SwarmRecord {
  return (
    isJson(value) &&
    value['version'] === 1 &&
    typeof value['name'] === 'string' &&
    isOptionalText(value['cluster']) &&
    isOptionalText(value['first']) &&
    isOptional(value['acrossNetworks'], (one) => typeof one === 'boolean') &&
    isOptional(value['replacing'], (all) => isJson(all) && Object.values(all).every(isReplacement)) &&
    isOptional(value['rejoining'], (all) => isJson(all) && Object.values(all).every(isRejoin)) &&
    isOptional(value['drained'], (all) => isJson(all) && Object.values(all).every((one) => typeof one === 'string')) &&
    isOptional(value['renewing'], (one) => isJson(one) && typeof one['since'] === 'string' && isStrings(one['left'])) &&
    isJson(value['members']) &&
    Object.values(value['members']).every(isMember)
  );
}

export function isMember(value: unknown): value is MemberRecord {
  return (
    isJson(value) &&
    (value['role'] === 'manager' || value['role'] === 'worker') &&
    isOptionalText(value['group']) &&
    isOptionalText(value['node'])
  );
}

function isReplacement(value: unknown): value is Replacement {
  return (
    isJson(value) &&
    ['by', 'role', 'availability', 'driver'].every((key) => typeof value[key] === 'string') &&
    typeof value['gone'] === 'boolean' &&
    ['labels', 'engine', 'swarm', 'tls'].every((key) => isJson(value[key])) &&
    isFlagValues(value['flags']) &&
    isEngineInstall(value['install']) &&
    isStrings(value['tlsSans'])
  );
}

function isRejoin(value: unknown): value is Rejoin {
  return (
    isJson(value) &&
    (value['role'] === 'manager' || value['role'] === 'worker') &&
    isOptionalText(value['node']) &&
    isOptionalText(value['availability']) &&
    isOptional(value['labels'], isJson)
  );
}

function isOptional(value: unknown, is: (value: unknown) => boolean): boolean {
  return value === undefined || is(value);
}

function isOptionalText(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

async function listFolders(folder: string): Promise<string[]> {
  const entries = await entriesIfExists(folder);
  return entries
    .filter((entry) => entry.isDirectory() && !isHidden(entry.name))
    .map((entry) => entry.name)
    .sort();
}

async function removeFile(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (error) {
    throw diskError(error, 'Cannot remove', path);
  }
}

/** A folder that holds backups stays. */
async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(systemCode(error) ?? '')) throw diskError(error, 'Cannot remove', folder);
  }
}

/** A name as a part of a path. @throws TsmachineError NAME_INVALID */
function inside(name: string): string {
  if (/^[a-zA-Z0-9][\w.-]*$/.test(name)) return name;
  throw new TsmachineError('NAME_INVALID', `"${name}" cannot be the name of a swarm`, {
    hint: 'Names are made of letters, digits, "-", "_" and "."',
  });
}
