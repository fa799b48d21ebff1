import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

import { type ArchiveFile, manifestName } from './archive/archive.js';
import { readJournal } from '../store/journal.js';
import { type HostConfig, serializeHostConfig } from '../store/config/schema.js';
import { isHidden, machineFiles, publicKeyOf } from '../store/paths.js';
import { homeDirIfAny } from '../system/home.js';
import { readIfExists, writeAtomic } from '../system/files/atomic.js';
import { entriesIfExists } from '../system/files/if-exists.js';
import { packageVersion } from '../system/package.js';
import { authorityFiles } from '../machine/engine/certificates.js';
import { Resources } from '../machine/access/resources.js';
import { onEach } from '../machine/choose/each.js';
import { TsmachineError, messageOf, systemCode } from '../base/errors.js';
import { run, say } from '../base/text.js';
import { type ExportedMachine, type Manifest, entryOf, printManifest } from './export-manifest.js';
import type { Session } from '../machine/session.js';

export interface ExportRequest {
  readonly names: readonly string[];
  /** The file to write; an existing one is replaced. */
  readonly output: string;
  readonly passphrase?: string | undefined;
  /** Also the CA's key: it gives access to every machine of this CA. */
  readonly withCaKey?: boolean;
  /** Also the user's own SSH key, where a machine refers to one outside the store. */
  readonly withSshKey?: boolean;
}

interface MachineExport extends ExportedMachine {
  readonly files: readonly ArchiveFile[];
  /** Remembers that another computer may use the machine from now on. */
  readonly share: () => Promise<void>;
}

/**
 * Writes machines, with everything that is needed to use them elsewhere, into one file of mode 0600.
 * @throws TsmachineError MACHINE_NOT_FOUND, MACHINE_INCOMPLETE, CONFIG_*, STORE_UNWRITABLE, STORE_FULL
 */
export async function exportMachines(session: Session, request: ExportRequest): Promise<void> {
  const { io } = session;
  const names = [...new Set(request.names)];
  await requireFile(request.output);
  const gathered: MachineExport[] = [];
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
  for (const { share } of gathered) await share();
  io.info(`Exported ${names.join(', ')} to ${request.output}`);
  if (request.passphrase === undefined)
    io.warn(`${request.output} holds unencrypted private keys: anyone who can read it controls these machines`);
}

/** The files of one machine. Those of its CA are read from where its configuration says, which may be outside the store. */
async function gather(session: Session, name: string, request: ExportRequest): Promise<MachineExport> {
  const { store } = session;
  const { config } = await store.load(name);
  const paths = store.machine(name);
  if (await readJournal(paths.journal)) {
    throw new TsmachineError('MACHINE_INCOMPLETE', `The creation of ${name} did not finish: it cannot be exported yet`, {
      hint: say`Finish it by repeating the create, or remove it: ${run('rm', '-y', name)}`,
    });
  }
  const share = await sharing(session, config);
  const authority = authorityFiles(config);
  const { ServerCertPath: serverCert, ServerKeyPath: serverKey } = config.HostOptions.AuthOptions;
  const ssh = await sshKeyOf(session, config, request);
  const wanted: Readonly<Record<string, string>> = {
    [machineFiles.ca]: authority.ca,
    [machineFiles.cert]: authority.cert,
    [machineFiles.key]: authority.key,
    ...(request.withCaKey ? { [machineFiles.caKey]: authority.caKey } : {}),
    [machineFiles.serverCert]: serverCert,
    [machineFiles.serverKey]: serverKey,
    [machineFiles.knownHosts]: paths.knownHosts,
    [machineFiles.facts]: paths.facts,
    [machineFiles.ledger]: paths.ledger,
    ...ssh.files,
  };
  const found = await Promise.all(Object.entries(wanted).map(async ([file, path]) => ({ file, path, text: await readIfExists(path) })));
  for (const { file, path, text } of found) {
    if (text === undefined && needed.includes(file)) session.io.warn(`${name}: ${path} is missing, so it is not in the export`);
  }
  const files = found.flatMap(({ file, text }) => (text === undefined ? [] : [{ path: entryOf(name, file), content: Buffer.from(text) }]));
  await warnOfOmitted(session, name, Object.values(wanted));
  const document = { path: entryOf(name, machineFiles.config), content: Buffer.from(serializeHostConfig(config)) };
  const sshKey = ssh.entry === undefined ? {} : { sshKey: ssh.entry };
  return { name, driver: config.DriverName, ...sshKey, files: [document, ...files], share };
}

/**
 * The id of a machine goes with it. One whose driver labels what it makes gets its id now, if it has none yet.
 * @returns what marks the machine as shared
 */
async function sharing(session: Session, config: HostConfig): Promise<() => Promise<void>> {
  const { io, signal, store } = session;
  const { Name: name, DriverName: driverName } = config;
  const isLabelled = await labels(session, driverName);
  if (!isLabelled && !existsSync(store.machine(name).ledger)) return () => Promise.resolve();
  const resources = new Resources(session, name, driverName);
  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await store.lock(name, work, { signal });
      return true;
    } catch (error) {
      signal.throwIfAborted();
      io.warn(say`This computer cannot remember that ${name} was exported: ${messageOf(error)}`);
      io.warn(say`${run('rm', name)} will remove the machine for everybody without asking`);
      return false;
    }
  };
  const isKnown = await attempt(() => resources.owner());
  return async () => {
    if (isKnown) await attempt(() => resources.share());
  };
}

/** Whether what a driver makes carries the ids of its owner. A driver that is not here is not asked: an export needs none. */
async function labels({ drivers }: Session, name: string): Promise<boolean> {
  try {
    const { driver } = await drivers.open(name);
    return driver.leftovers !== undefined || driver.claim !== undefined;
  } catch (error) {
    if (TsmachineError.is(error) && error.code === 'DRIVER_UNKNOWN') return false;
    throw error;
  }
}

const { ca, cert, key, caKey, userSshKey } = machineFiles;
/** Files whose absence is worth a warning. */
const needed: readonly string[] = [ca, cert, key, caKey, userSshKey];

/** The SSH key is in the machine's folder, or is the user's own, which is included only on request. */
async function sshKeyOf(
  session: Session,
  config: HostConfig,
  request: ExportRequest,
): Promise<{ entry?: string; files: Record<string, string> }> {
  const { dir, sshKey } = session.store.machine(config.Name);
  const used = config.Driver['SSHKeyPath'];
  const path = typeof used === 'string' ? used : '';
  const own = path === '' ? sshKey : path;
  if (dirname(own) === dir) return { files: { [basename(own)]: own, [publicKeyOf(basename(own))]: publicKeyOf(own) } };
  if (request.withSshKey) {
    return { entry: userSshKey, files: { [userSshKey]: own, [publicKeyOf(userSshKey)]: publicKeyOf(own) } };
  }
  session.io.warn(`${config.Name}: its SSH key ${own} is your own and is not in the export; --with-ssh-key includes it`);
  return { files: {} };
}

/** Disks and the like are not exported; a person who moves a machine should know. */
async function warnOfOmitted(session: Session, name: string, included: readonly string[]): Promise<void> {
  const own = session.store.machine(name);
  const known = new Set(
    [...included, own.config, own.configBackup, own.journal, own.ledger, own.ca, own.cert, own.key, own.rsaKey].map((path) =>
      resolve(path),
    ),
  );
  const isPublicKey = (entry: string) => entry.endsWith(publicKeyOf(''));
  const left = (await entriesIfExists(own.dir))
    .map((entry) => entry.name)
    .filter((entry) => !known.has(join(own.dir, entry)) && !isPublicKey(entry) && !isHidden(entry));
  if (left.length > 0) session.io.warn(`${name}: not in the export: ${left.sort().join(', ')}. The host itself stays where it is`);
}

async function requireFile(path: string): Promise<void> {
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
