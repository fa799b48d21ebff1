import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

import { type ArchiveFile, manifestName } from './archive/archive.js';
import { readJournal } from '../store/journal.js';
import { type HostConfig, serializeHostConfig } from '../store/config/schema.js';
import { homeDirIfAny } from '../system/home.js';
import { readIfExists, writeAtomic } from '../system/files/atomic.js';
import { packageVersion } from '../system/package.js';
import { authorityFiles } from '../machine/engine/certificates.js';
import { onEach } from '../machine/choose/each.js';
import { TsmachineError, systemCode } from '../base/errors.js';
import { type ExportedMachine, type Manifest, entryOf, printManifest } from './export-manifest.js';
import type { Session } from '../machine/session.js';

export interface ExportRequest {
  readonly names: readonly string[];
  /** The file to write; replaced as a whole when it is there. */
  readonly output: string;
  readonly passphrase?: string | undefined;
  /** Also the key that signs certificates: whoever has it can reach every machine of its CA. */
  readonly withCaKey?: boolean;
  /** Also the user's own SSH key, where a machine refers to one outside the store. */
  readonly withSshKey?: boolean;
}

interface Gathered extends ExportedMachine {
  readonly files: readonly ArchiveFile[];
}

/**
 * Writes machines with everything it takes to use them elsewhere into one file of mode 0600.
 * @throws TsmachineError MACHINE_NOT_FOUND, MACHINE_INCOMPLETE, CONFIG_*, STORE_UNWRITABLE, STORE_FULL
 */
export async function exportMachines(session: Session, request: ExportRequest): Promise<void> {
  const { io } = session;
  const names = [...new Set(request.names)];
  await refuseFolder(request.output);
  const gathered: Gathered[] = [];
  for (const outcome of await onEach(names, 8, (name) => gather(session, name, request))) {
    if ('error' in outcome) throw outcome.error;
    gathered.push(outcome.value);
  }
  const modified = new Date();
  const manifest: Manifest = {
    version: 1,
    writtenBy: `tsmachine ${packageVersion()}`,
    exportedAt: modified.toISOString(),
    home: homeDirIfAny(session.env),
    machines: gathered.map(({ name, driver, sshKey }) => ({ name, driver, ...(sshKey ? { sshKey } : {}) })),
  };
  const { seal } = await import('./archive/archive.js');
  const files = [{ path: manifestName, content: printManifest(manifest) }, ...gathered.flatMap((machine) => machine.files)];
  const bytes = await seal(files, { modified, passphrase: request.passphrase });
  session.signal.throwIfAborted();
  await writeAtomic(resolve(request.output), bytes, 0o600);
  io.info(`Exported ${names.join(', ')} to ${request.output}`);
  if (request.passphrase === undefined) io.warn(`${request.output} holds private keys in clear: whoever reads it controls these machines`);
}

/** All that belongs to one machine. The authority's files are taken from where its configuration says, which may be outside the store. */
async function gather(session: Session, name: string, request: ExportRequest): Promise<Gathered> {
  const { store } = session;
  const { config } = await store.load(name);
  const paths = store.machine(name);
  if (await readJournal(paths.journal)) {
    throw new TsmachineError('MACHINE_INCOMPLETE', `${name} is half made: it cannot be exported yet`, {
      hint: `Finish it by repeating the create, or remove it: tsmachine rm -y ${name}`,
    });
  }
  const authority = authorityFiles(config);
  const { ServerCertPath: serverCert, ServerKeyPath: serverKey } = config.HostOptions.AuthOptions;
  const ssh = await sshKeyOf(session, config, request);
  const wanted: Readonly<Record<string, string>> = {
    'ca.pem': authority.ca,
    'cert.pem': authority.cert,
    'key.pem': authority.key,
    ...(request.withCaKey ? { 'ca-key.pem': authority.caKey } : {}),
    'server.pem': serverCert,
    'server-key.pem': serverKey,
    known_hosts: paths.knownHosts,
    'facts.json': paths.facts,
    ...ssh.files,
  };
  const found = await Promise.all(Object.entries(wanted).map(async ([file, path]) => ({ file, path, text: await readIfExists(path) })));
  for (const { file, path, text } of found) {
    if (text === undefined && needed.includes(file)) session.io.warn(`${name}: ${path} is missing and not in the export`);
  }
  const files = found.flatMap(({ file, text }) => (text === undefined ? [] : [{ path: entryOf(name, file), content: Buffer.from(text) }]));
  await tellWhatStays(session, name, Object.values(wanted));
  const document = { path: entryOf(name, 'config.json'), content: Buffer.from(serializeHostConfig(config)) };
  return { name, driver: config.DriverName, ...(ssh.entry === undefined ? {} : { sshKey: ssh.entry }), files: [document, ...files] };
}

const needed = ['ca.pem', 'cert.pem', 'key.pem', 'ca-key.pem', 'ssh-key'];

/** The key lies in the machine's folder, or is the user's own and comes along only when that was asked for. */
async function sshKeyOf(
  session: Session,
  config: HostConfig,
  request: ExportRequest,
): Promise<{ entry?: string; files: Record<string, string> }> {
  const { dir, sshKey } = session.store.machine(config.Name);
  const used = config.Driver['SSHKeyPath'];
  const path = typeof used === 'string' ? used : '';
  const own = path === '' ? sshKey : path;
  if (dirname(own) === dir) return { files: { [basename(own)]: own, [`${basename(own)}.pub`]: `${own}.pub` } };
  if (request.withSshKey) return { entry: 'ssh-key', files: { 'ssh-key': own, 'ssh-key.pub': `${own}.pub` } };
  session.io.warn(`${config.Name}: its SSH key ${own} is your own and not in the export; --with-ssh-key includes it`);
  return { files: {} };
}

/** Disks and the like are not exported: who moves a machine should know. */
async function tellWhatStays(session: Session, name: string, included: readonly string[]): Promise<void> {
  const { dir, config, configBackup, journal, ca, cert, key } = session.store.machine(name);
  const known = new Set([...included, config, configBackup, journal, ca, cert, key].map((path) => resolve(path)));
  const left = (await readdir(dir)).filter((entry) => !known.has(join(dir, entry)) && !entry.endsWith('.pub') && !entry.startsWith('.'));
  if (left.length > 0) session.io.warn(`${name}: not in the export: ${left.sort().join(', ')}. The host itself stays where it is`);
}

async function refuseFolder(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw TsmachineError.from(error, 'STORE_UNWRITABLE', `Cannot write ${path}: `);
  });
  if (found && !found.isFile()) {
    throw new TsmachineError('STORE_UNWRITABLE', `Cannot write ${path}: it is not a file`, {
      hint: `Give -o the name of a file, such as ${join(path, 'machines.tsm')}`,
    });
  }
}
