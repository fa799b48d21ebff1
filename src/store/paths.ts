import { join, sep } from 'node:path';

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
  /** Who the store is, and what its machines share. */
  readonly ledger: string;
}

/** Every name below the store's root; Docker Machine's layout (spec 3.1), and `locks` and `swarms`, which are ours. */
export function storePaths(root: string): StorePaths {
  const certsDir = join(root, 'certs');
  return {
    root,
    certsDir,
    ca: certsDir + sep + 'ca.pem',
    caKey: certsDir + sep + 'ca-key.pem',
    cert: certsDir + sep + 'cert.pem',
    key: certsDir + sep + 'key.pem',
    machinesDir: join(root, 'machines'),
    cacheDir: join(root, 'cache'),
    locksDir: join(root, 'locks'),
    swarmsDir: join(root, 'swarms'),
    ledger: root + sep + 'ledger.json',
  };
}

export interface MachinePaths {
  readonly dir: string;
  readonly config: string;
  /** The file as it was before a migration. */
  readonly configBackup: string;
  readonly journal: string;
  readonly facts: string;
  /** Who the machine is, and what was made for it outside of its folder. */
  readonly ledger: string;
  readonly knownHosts: string;
  readonly sshKey: string;
  /** The user's own SSH key, when it came along in an export. */
  readonly userSshKey: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  /** The key of a CA that is this machine's alone (imported with it). */
  readonly caKey: string;
  readonly serverCert: string;
  readonly serverKey: string;
}

/** Every name in a machine's folder; journal, facts, known_hosts, id_ed25519, ssh-key and ca-key.pem are ours, the rest is Docker Machine's. */
export function machinePaths(root: string, name: string): MachinePaths {
  const dir = join(root, 'machines', name); // the one costly step: a list of a thousand machines comes through here
  return {
    dir,
    config: dir + sep + 'config.json',
    configBackup: dir + sep + 'config.json.bak',
    journal: dir + sep + 'journal.json',
    facts: dir + sep + 'facts.json',
    ledger: dir + sep + 'ledger.json',
    knownHosts: dir + sep + 'known_hosts',
    sshKey: dir + sep + 'id_ed25519',
    userSshKey: dir + sep + 'ssh-key',
    ca: dir + sep + 'ca.pem',
    cert: dir + sep + 'cert.pem',
    key: dir + sep + 'key.pem',
    caKey: dir + sep + 'ca-key.pem',
    serverCert: dir + sep + 'server.pem',
    serverKey: dir + sep + 'server-key.pem',
  };
}
