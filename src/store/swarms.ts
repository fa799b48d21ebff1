import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

import { TsmachineError, systemCode } from '../base/errors.js';
import type { FlagValues } from '../base/flags.js';
import type { Availability, Labels, Role } from '../base/swarm-node.js';
import { diskError } from '../system/files/disk-error.js';
import { makePrivateDir, readIfExists, unreadable, writeAtomic } from '../system/files/atomic.js';
import { withLock, type LockOptions } from '../system/locks/lock.js';
import { isJson } from './conform.js';
import type { EngineOptions, SwarmOptions } from './config/options.js';
import type { StorePaths } from './paths.js';

/** What the store knows of one member; the swarm itself knows the rest. */
export interface MemberRecord {
  readonly role: 'manager' | 'worker';
  /** The group of the swarm file it was made for. */
  readonly group?: string;
  /** Its node id, once it has joined. */
  readonly node?: string;
}

/** A machine that is to take another's place: how to make it, and what its node is to be. There until the exchange is done. */
export interface Replacement {
  /** The new machine; the name of the old one when that goes first. */
  readonly by: string;
  /** The old machine was taken away; what has its name now is the new one. */
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
  /** An authority of the user's own. */
  readonly tls: { readonly caCert?: string; readonly caKey?: string; readonly clientCert?: string; readonly clientKey?: string };
  /** How the engine gets onto the host, as in the machine's facts. */
  readonly install: unknown;
}

/** A member that is to join anew: what its node was, as far as it is known. */
export interface Rejoin {
  readonly role: Role;
  /** Its former node id. */
  readonly node?: string;
  readonly availability?: Availability;
  readonly labels?: Labels;
}

/** swarm.json: which machines are, or are to become, one swarm. Labels and tokens are the swarm's own and not kept here. */
export interface SwarmRecord {
  readonly version: 1;
  readonly name: string;
  /** The swarm's id, once it is known. */
  readonly cluster?: string;
  /** The machine that was chosen to initialise it, written before it is asked to. */
  readonly first?: string;
  readonly members: Readonly<Record<string, MemberRecord>>;
  /** Exchanges that are under way, by the name of the old machine. */
  readonly replacing?: Readonly<Record<string, Replacement>>;
  /**
   * Members of before the swarm was begun anew from one manager's state. What they know of it is out of date, so they forget it before
   * they join again, whenever they return.
   */
  readonly rejoining?: Readonly<Record<string, Rejoin>>;
  /** Nodes that are drained for the time of an upgrade, and what they are to be again. */
  readonly drained?: Readonly<Record<string, Availability>>;
  /** The last time that every machine was to get a new certificate. */
  readonly renewing?: Renewal;
}

/** `swarm regenerate-certs`, which may have stopped in the middle. */
export interface Renewal {
  /** When it began, ISO 8601. */
  readonly since: string;
  /** Machines that have not got theirs; none when it is done. */
  readonly left: readonly string[];
}

/** Keys that unlock an autolocked swarm's managers, newest first: a manager that was down at a rotation wants an older one. */
export type UnlockKeys = readonly string[];

/** How many former unlock keys are kept. */
const keysKept = 5;

/** The swarms of a store: a folder each, 0700, with files of 0600. */
export interface SwarmStore {
  /** In byte-wise order. */
  names(): Promise<string[]>;
  /** @throws TsmachineError CONFIG_UNREADABLE */
  find(name: string): Promise<SwarmRecord | undefined>;
  save(record: SwarmRecord): Promise<void>;
  /** Deletes the record with keys; backups of the raft state stay. */
  remove(name: string): Promise<void>;
  lock<T>(name: string, use: () => Promise<T>, options?: Omit<LockOptions, 'what'>): Promise<T>;
  unlockKeys(name: string): Promise<UnlockKeys>;
  /** Puts a key in front of those known. */
  keepUnlockKey(name: string, key: string): Promise<void>;
  /** Where backups of the swarm's raft state lie. */
  backupsDir(name: string): string;
}

export function openSwarmStore(paths: Pick<StorePaths, 'swarmsDir' | 'locksDir'>): SwarmStore {
  const dir = (name: string) => join(paths.swarmsDir, inside(name));
  const recordFile = (name: string) => join(dir(name), 'swarm.json');
  const keysFile = (name: string) => join(dir(name), 'unlock-keys.json');
  const names = () => listNames(paths.swarmsDir);

  async function find(name: string): Promise<SwarmRecord | undefined> {
    const record = await readJson(recordFile(name));
    if (record === undefined || isRecord(record)) return record;
    throw notOurs(recordFile(name));
  }

  async function unlockKeys(name: string): Promise<UnlockKeys> {
    const keys = (await readJson(keysFile(name))) ?? [];
    if (isStrings(keys)) return keys;
    throw notOurs(keysFile(name));
  }

  return {
    names: async () => {
      const found = await Promise.all(
        (await names()).map(async (name) => ((await readIfExists(recordFile(name))) === undefined ? [] : [name])),
      );
      return found.flat();
    },
    find,
    async save(record) {
      await makePrivateDir(dir(record.name));
      await writeAtomic(recordFile(record.name), `${JSON.stringify(record, null, 2)}\n`, 0o600);
    },
    async remove(name) {
      for (const file of [keysFile(name), recordFile(name)]) await removeFile(file);
      await removeIfEmpty(dir(name));
    },
    lock: (name, use, options) =>
      withLock(join(paths.locksDir, `swarm-${inside(name).toLowerCase()}`), { ...options, what: `swarm "${name}"` }, use),
    unlockKeys,
    async keepUnlockKey(name, key) {
      const known = await unlockKeys(name);
      if (known[0] === key) return;
      await makePrivateDir(dir(name));
      const keys = [key, ...known.filter((other) => other !== key)].slice(0, keysKept);
      await writeAtomic(keysFile(name), `${JSON.stringify(keys, null, 2)}\n`, 0o600);
    },
    backupsDir: (name) => join(dir(name), 'backups'),
  };
}

async function readJson(file: string): Promise<unknown> {
  const text = await readIfExists(file);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw notOurs(file, cause);
  }
}

function notOurs(file: string, cause?: unknown): TsmachineError {
  return new TsmachineError('CONFIG_UNREADABLE', `Cannot read ${file}: it is not what tsmachine wrote there`, {
    cause,
    hint: 'Put it back from a backup, or delete it: tsmachine swarm init MANAGER takes a running swarm into the store again',
  });
}

function isRecord(value: unknown): value is SwarmRecord {
  return (
    isJson(value) &&
    value['version'] === 1 &&
    typeof value['name'] === 'string' &&
    isOptionalText(value['cluster']) &&
    isOptionalText(value['first']) &&
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
    ['labels', 'flags', 'engine', 'swarm', 'tls'].every((key) => isJson(value[key])) &&
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

async function listNames(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw unreadable(error, folder);
  }
}

async function removeFile(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (error) {
    throw diskError(error, 'Cannot remove', path);
  }
}

/** Backups keep the folder. */
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
