import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename, join, sep } from 'node:path';

import { renameHost } from '../ssh/trust/known-hosts.js';
import { machineFiles, publicKeyOf } from '../store/paths.js';
import { followHome } from '../store/config/relocate.js';
import { type AuthOptions, type HostConfig, parseHostConfig, serializeHostConfig } from '../store/config/schema.js';
import { readIfExists } from '../system/files/atomic.js';
import { homeDirIfAny } from '../system/home.js';
import { TsmachineError } from '../base/errors.js';
import { say } from '../base/text.js';
import { attachDriver } from '../machine/machine.js';
import { parseLedger, type Ledger } from '../store/ledger.js';
import type { Manifest } from './export-manifest.js';
import type { Session } from '../machine/session.js';

/** A machine of the export and the name it gets here. */
export interface Arrival {
  readonly from: string;
  readonly to: string;
  readonly files: ReadonlyMap<string, Buffer>;
  readonly manifest: Manifest;
  readonly sshKey: string | undefined;
}

/** What an imported machine is, and its files. */
export interface PlacedMachine {
  readonly name: string;
  readonly config: HostConfig;
  /** The machine's own, with the id that it keeps; absent in exports of older versions. */
  readonly ledger: Ledger | undefined;
  readonly files: readonly PlacedFile[];
}

interface PlacedFile {
  readonly file: string;
  readonly content: string | Buffer;
  readonly mode: 0o600 | 0o644;
}

/** Certificates and public keys may be read by everybody, as Docker Machine leaves them. */
function modeOf(file: string): 0o600 | 0o644 {
  const { ca, cert, serverCert } = machineFiles;
  return file === ca || file === cert || file === serverCert || file.endsWith(publicKeyOf('')) ? 0o644 : 0o600;
}

/**
 * The files of an imported machine, adapted to this store and to the machine's new name. Nothing is written.
 * @throws TsmachineError ARCHIVE_INVALID without a configuration, or with a ledger that cannot be read; CONFIG_UNREADABLE for data that its
 * driver refuses; CONFIG_FUTURE
 */
export async function placeMachine(session: Session, arrival: Arrival): Promise<PlacedMachine> {
  const { from, to, files } = arrival;
  const document = files.get(machineFiles.config);
  if (!document) throw new TsmachineError('ARCHIVE_INVALID', `The export holds no configuration of ${from}`);
  const { root } = session.store;
  const { config } = parseHostConfig(document.toString('utf8'), {
    root,
    name: to,
    path: `${arrival.from}/${machineFiles.config} of the export`,
    hint: () => 'Export the machine again',
  });
  const { auth, certificates } = await authority(session, config, arrival);
  const placed: HostConfig = {
    ...config,
    Driver: { ...config.Driver, ...('MachineName' in config.Driver ? { MachineName: to } : {}), ...sshKeyPath(session, config, arrival) },
    HostOptions: { ...config.HostOptions, AuthOptions: auth },
  };
  await checkDriverData(session, placed);
  const ledger = ledgerOf(arrival);
  const rest = [...files, ...certificates].filter(([file]) => file !== machineFiles.config && file !== machineFiles.knownHosts);
  const knownHosts = files.get(machineFiles.knownHosts)?.toString('utf8');
  const placedFiles = [
    ...[...new Map([...rest, ...underRsaName(placed, files)])].map(([file, content]) => ({ file, content, mode: modeOf(file) })),
    ...(knownHosts === undefined
      ? []
      : [{ file: machineFiles.knownHosts, content: renameHost(knownHosts, from, to), mode: 0o600 as const }]),
    { file: machineFiles.config, content: serializeHostConfig(placed), mode: 0o600 as const },
  ];
  return { name: to, config: placed, ledger, files: placedFiles };
}

/** The machine's own key under the name that scripts look for, too. */
function underRsaName({ Driver: { SSHKeyPath: path } }: HostConfig, files: Arrival['files']): [string, Buffer][] {
  const key = typeof path === 'string' && path !== '' ? basename(path) : machineFiles.sshKey;
  if (key === machineFiles.userSshKey) return [];
  return [key, publicKeyOf(key)].flatMap((file): [string, Buffer][] => {
    const content = files.get(file);
    const name = file === key ? machineFiles.rsaKey : publicKeyOf(machineFiles.rsaKey);
    return content === undefined || files.has(name) ? [] : [[name, content]];
  });
}

/** A driver that is not here cannot check its data now; it does before the machine is used. */
async function checkDriverData(session: Session, config: HostConfig): Promise<void> {
  try {
    await attachDriver(session, config);
  } catch (error) {
    if (!TsmachineError.is(error) || error.code !== 'DRIVER_UNKNOWN') throw error;
    session.io.warn(say`${config.Name}: ${error.text}`);
  }
}

function ledgerOf({ from, files }: Arrival): Ledger | undefined {
  const text = files.get(machineFiles.ledger)?.toString('utf8');
  if (text === undefined) return undefined;
  const ledger = parseLedger(text);
  if (ledger !== undefined && ledger !== 'newer' && isMachineLedger(ledger)) return ledger;
  throw new TsmachineError(
    'ARCHIVE_INVALID',
    `The export's ${machineFiles.ledger} of ${from}, which says what was made for the machine, ${
      ledger === 'newer' ? 'was written by a newer version of tsmachine' : 'cannot be read'
    }`,
    { hint: ledger === 'newer' ? 'Upgrade tsmachine' : 'Export the machine again' },
  );
}

/** What machines share stays with their store. */
function isMachineLedger({ path, entries }: Ledger): boolean {
  return path === undefined && entries.every(({ scope }) => scope === 'machine');
}

/** A key in the export goes into the machine's folder; the user's own is expected at the same place below this home folder. */
function sshKeyPath(session: Session, config: HostConfig, { to, sshKey, manifest }: Arrival): { SSHKeyPath?: string } {
  const { dir } = session.store.machine(to);
  const used = config.Driver['SSHKeyPath'];
  if (typeof used !== 'string' || used === '') return {};
  if (sshKey !== undefined) return { SSHKeyPath: join(dir, sshKey) };
  if (used.startsWith(dir + sep)) return { SSHKeyPath: used };
  const here = followHome(used, manifest.home, homeDirIfAny(session.env));
  if (!existsSync(here)) session.io.warn(`${to}: its SSH key ${basename(here)} is not in the export: put it at ${here} (mode 0600)`);
  return { SSHKeyPath: here };
}

/**
 * A machine of this store's own CA uses this store's certificates. Any other keeps those of the export in its folder: its engine would
 * refuse other client certificates.
 */
async function authority(
  session: Session,
  config: HostConfig,
  { to, files }: Arrival,
): Promise<{ auth: AuthOptions; certificates: [string, Buffer][] }> {
  const { store } = session;
  const own = store.machine(to);
  const auth = { ...config.HostOptions.AuthOptions, ServerCertPath: own.serverCert, ServerKeyPath: own.serverKey, StorePath: own.dir };
  const { ca, caKey, cert, key, certsDir } = store.paths;
  const found = await Promise.all([ca, cert, key].map((path) => readIfExists(path)));
  const [storeCa, storeCert, storeKey] = found.map((text) => (text === undefined ? undefined : Buffer.from(text)));
  if (storeCa && storeCert && storeKey && sameCertificate(storeCa, files.get(machineFiles.ca))) {
    return {
      auth: { ...auth, ...standard() },
      certificates: [
        [machineFiles.ca, storeCa],
        [machineFiles.cert, storeCert],
        [machineFiles.key, storeKey],
      ],
    };
  }
  if (!files.has(machineFiles.ca)) return { auth: { ...auth, ...standard() }, certificates: [] };
  const ofItsOwn = { CertDir: own.dir, CaCertPath: own.ca, CaPrivateKeyPath: own.caKey, ClientCertPath: own.cert, ClientKeyPath: own.key };
  return { auth: { ...auth, ...ofItsOwn }, certificates: [] };

  function standard() {
    return { CertDir: certsDir, CaCertPath: ca, CaPrivateKeyPath: caKey, ClientCertPath: cert, ClientKeyPath: key };
  }
}

/** Compares the certificates; the rest of their files does not matter. */
function sameCertificate(one: Buffer, other: Buffer | undefined): boolean {
  if (!other) return false;
  try {
    return new X509Certificate(one).fingerprint256 === new X509Certificate(other).fingerprint256;
  } catch {
    return false; // an unreadable one equals none
  }
}
