import { join, sep } from 'node:path';

import { guestFiles } from '../base/guest.js';

/** Folders below the store's root: Docker Machine's layout, and `locks`, `swarms` and `plugins`, which are ours. */
const folders = { certs: 'certs', machines: 'machines', cache: 'cache', locks: 'locks', swarms: 'swarms', plugins: 'plugins' } as const;

/** The name of the folder that holds the machines, in a store of any system. */
export const machinesFolder = folders.machines;

/** The store's own certificates, in the folder `certs`. */
const certificateFiles = { ca: 'ca.pem', caKey: 'ca-key.pem', cert: 'cert.pem', key: 'key.pem' } as const;

/** Of a store and of a machine. */
const ledgerFile = 'ledger.json';

/**
 * Files in a machine's folder. journal, facts, driver, ledger, knownHosts, sshKey, userSshKey and caKey are ours; the rest is Docker
 * Machine's. An export names its entries the same.
 */
export const machineFiles = {
  config: 'config.json',
  /** config.json as it was before a migration. */
  configBackup: 'config.json.bak',
  journal: 'journal.json',
  facts: 'facts.json',
  /** What the driver keeps that Docker Machine's fields cannot hold. */
  driver: 'driver.json',
  /** Who the machine is, and what was made for it outside of its folder. */
  ledger: ledgerFile,
  knownHosts: guestFiles.knownHosts,
  sshKey: guestFiles.loginKey,
  /** Docker Machine's key, and the name under which scripts look for any machine's key. */
  rsaKey: 'id_rsa',
  /** The user's own SSH key, when it came along in an export. */
  userSshKey: 'ssh-key',
  ...certificateFiles,
  serverCert: 'server.pem',
  serverKey: 'server-key.pem',
} as const;

/** Files in a swarm's folder. */
const swarmFiles = { record: 'swarm.json', unlockKeys: 'unlock-keys.json', backups: 'backups' } as const;

/** A folder in which machines are made before they are moved into place; the dot keeps it out of every listing. */
export const stagingPrefix = '.new-';
/** A folder that shows for a moment whether the store can be written. */
export const probePrefix = '.doctor-';
/** What the lock library adds to a lock's name. */
const lockSuffix = '.lock';

export { publicKeyOf } from '../base/guest.js';

/** Whether an entry of the machines' folder, or of the swarms', is none of theirs. */
export const isHidden = (name: string) => name.startsWith('.');

export interface StorePaths {
  readonly root: string;
  readonly certsDir: string;
  readonly ca: string;
  readonly caKey: string;
  readonly cert: string;
  readonly key: string;
  readonly machinesDir: string;
  readonly cacheDir: string;
  readonly locksDir: string;
  readonly swarmsDir: string;
  /** Driver packages that were added. */
  readonly pluginsDir: string;
  /** Who the store is, and what its machines share. */
  readonly ledger: string;
}

/** Every path below the store's root that no single machine or swarm owns. */
export function storePaths(root: string): StorePaths {
  const certsDir = join(root, folders.certs);
  return {
    root,
    certsDir,
    ca: certsDir + sep + certificateFiles.ca,
    caKey: certsDir + sep + certificateFiles.caKey,
    cert: certsDir + sep + certificateFiles.cert,
    key: certsDir + sep + certificateFiles.key,
    machinesDir: join(root, folders.machines),
    cacheDir: join(root, folders.cache),
    locksDir: join(root, folders.locks),
    swarmsDir: join(root, folders.swarms),
    pluginsDir: join(root, folders.plugins),
    ledger: root + sep + ledgerFile,
  };
}

export type MachinePaths = { readonly [file in 'dir' | keyof typeof machineFiles]: string };

/** Every path in a machine's folder. A listing of a thousand machines comes through here, and `join` is the one costly step. */
export function machinePaths(root: string, name: string): MachinePaths {
  const dir = join(root, folders.machines, name);
  const file = (of: keyof typeof machineFiles) => dir + sep + machineFiles[of];
  return {
    dir,
    config: file('config'),
    configBackup: file('configBackup'),
    journal: file('journal'),
    facts: file('facts'),
    driver: file('driver'),
    ledger: file('ledger'),
    knownHosts: file('knownHosts'),
    sshKey: file('sshKey'),
    rsaKey: file('rsaKey'),
    userSshKey: file('userSshKey'),
    ca: file('ca'),
    cert: file('cert'),
    key: file('key'),
    caKey: file('caKey'),
    serverCert: file('serverCert'),
    serverKey: file('serverKey'),
  };
}

export type SwarmPaths = { readonly [file in 'dir' | keyof typeof swarmFiles]: string };

export function swarmPaths({ swarmsDir }: Pick<StorePaths, 'swarmsDir'>, name: string): SwarmPaths {
  const dir = join(swarmsDir, name);
  const { record, unlockKeys, backups } = swarmFiles;
  return { dir, record: join(dir, record), unlockKeys: join(dir, unlockKeys), backups: join(dir, backups) };
}

/** The locks of a store. Names that differ only in case share a lock, as they share a folder on some systems. */
export function lockPaths({ locksDir }: Pick<StorePaths, 'locksDir'>) {
  return {
    machine: (name: string) => join(locksDir, `machine-${name.toLowerCase()}`),
    swarm: (name: string) => join(locksDir, `swarm-${name.toLowerCase()}`),
    certificates: join(locksDir, 'certificates'),
    ledger: join(locksDir, 'ledger'),
    shared: join(locksDir, 'shared'),
    plugins: join(locksDir, 'plugins'),
  };
}

/** Whether an entry of the locks' folder is a lock that is held, or was left behind. */
export function isHeldLock(entry: string): boolean {
  return entry.endsWith(lockSuffix);
}
