import { join } from 'node:path';

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
}

/** Every name below the store's root; Docker Machine's layout (spec 3.1), and `locks`, which is ours. */
export function storePaths(root: string): StorePaths {
  const certsDir = join(root, 'certs');
  return {
    root,
    certsDir,
    ca: join(certsDir, 'ca.pem'),
    caKey: join(certsDir, 'ca-key.pem'),
    cert: join(certsDir, 'cert.pem'),
    key: join(certsDir, 'key.pem'),
    machinesDir: join(root, 'machines'),
    cacheDir: join(root, 'cache'),
    locksDir: join(root, 'locks'),
  };
}

export interface MachinePaths {
  readonly dir: string;
  readonly config: string;
  /** The file as it was before a migration. */
  readonly configBackup: string;
  readonly journal: string;
  readonly facts: string;
  readonly knownHosts: string;
  readonly sshKey: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly serverCert: string;
  readonly serverKey: string;
}

/** Every name in a machine's folder; journal, facts, known_hosts and id_ed25519 are ours, the rest is Docker Machine's. */
export function machinePaths(root: string, name: string): MachinePaths {
  const dir = join(root, 'machines', name);
  return {
    dir,
    config: join(dir, 'config.json'),
    configBackup: join(dir, 'config.json.bak'),
    journal: join(dir, 'journal.json'),
    facts: join(dir, 'facts.json'),
    knownHosts: join(dir, 'known_hosts'),
    sshKey: join(dir, 'id_ed25519'),
    ca: join(dir, 'ca.pem'),
    cert: join(dir, 'cert.pem'),
    key: join(dir, 'key.pem'),
    serverCert: join(dir, 'server.pem'),
    serverKey: join(dir, 'server-key.pem'),
  };
}
