import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename, join, sep } from 'node:path';

import { renameHost } from '../ssh/trust/known-hosts.js';
import { followHome } from '../store/config/relocate.js';
import { type AuthOptions, type HostConfig, parseHostConfig, serializeHostConfig } from '../store/config/schema.js';
import { readIfExists } from '../system/files/atomic.js';
import { homeDirIfAny } from '../system/home.js';
import { TsmachineError } from '../base/errors.js';
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

interface PlacedFile {
  readonly file: string;
  readonly content: string | Buffer;
  readonly mode: 0o600 | 0o644;
}

/** Certificates and public keys: what Docker Machine leaves readable (spec 3.1). */
const readable = /^(ca|cert|server)\.pem$|\.pub$/;

/**
 * The files of an imported machine, as they belong here: its paths are this store's, its name the new one.
 * @throws TsmachineError ARCHIVE_INVALID without a configuration, CONFIG_UNREADABLE, CONFIG_FUTURE
 */
export async function placeMachine(session: Session, arrival: Arrival): Promise<PlacedFile[]> {
  const { from, to, files } = arrival;
  const document = files.get('config.json');
  if (!document) throw new TsmachineError('ARCHIVE_INVALID', `The export holds no configuration of ${from}`);
  const { root } = session.store;
  const { config } = parseHostConfig(document.toString('utf8'), {
    root,
    name: to,
    path: `${arrival.from}/config.json of the export`,
    hint: () => 'Export the machine once more',
  });
  const { auth, certificates } = await authority(session, config, arrival);
  const placed: HostConfig = {
    ...config,
    Driver: { ...config.Driver, ...('MachineName' in config.Driver ? { MachineName: to } : {}), ...sshKeyPath(session, config, arrival) },
    HostOptions: { ...config.HostOptions, AuthOptions: auth },
  };
  const rest = [...files, ...certificates].filter(([file]) => file !== 'config.json' && file !== 'known_hosts');
  const knownHosts = files.get('known_hosts')?.toString('utf8');
  return [
    ...[...new Map(rest)].map(([file, content]) => ({ file, content, mode: readable.test(file) ? (0o644 as const) : (0o600 as const) })),
    ...(knownHosts === undefined ? [] : [{ file: 'known_hosts', content: renameHost(knownHosts, from, to), mode: 0o600 as const }]),
    { file: 'config.json', content: serializeHostConfig(placed), mode: 0o600 as const },
  ];
}

/** A key that came along lies in the machine's folder; the user's own is looked for where it would be under this home. */
function sshKeyPath(session: Session, config: HostConfig, { to, sshKey, manifest }: Arrival): { SSHKeyPath?: string } {
  const { dir } = session.store.machine(to);
  const used = config.Driver['SSHKeyPath'];
  if (typeof used !== 'string' || used === '') return {};
  if (sshKey !== undefined) return { SSHKeyPath: join(dir, sshKey) };
  if (used.startsWith(dir + sep)) return { SSHKeyPath: used };
  const here = followHome(used, manifest.home, homeDirIfAny(session.env));
  if (!existsSync(here)) session.io.warn(`${to}: its SSH key ${basename(here)} did not come along: put it at ${here} (mode 0600)`);
  return { SSHKeyPath: here };
}

/**
 * A machine of this store's own CA uses this store's certificates. Any other keeps the ones it came with, in its folder: another
 * client certificate would be refused by its engine.
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
  if (storeCa && storeCert && storeKey && sameCertificate(storeCa, files.get('ca.pem'))) {
    return {
      auth: { ...auth, ...standard() },
      certificates: [
        ['ca.pem', storeCa],
        ['cert.pem', storeCert],
        ['key.pem', storeKey],
      ],
    };
  }
  if (!files.has('ca.pem')) return { auth: { ...auth, ...standard() }, certificates: [] };
  const ofItsOwn = { CertDir: own.dir, CaCertPath: own.ca, CaPrivateKeyPath: own.caKey, ClientCertPath: own.cert, ClientKeyPath: own.key };
  return { auth: { ...auth, ...ofItsOwn }, certificates: [] };

  function standard() {
    return { CertDir: certsDir, CaCertPath: ca, CaPrivateKeyPath: caKey, ClientCertPath: cert, ClientKeyPath: key };
  }
}

/** Whatever surrounds them in their files. */
function sameCertificate(one: Buffer, other: Buffer | undefined): boolean {
  if (!other) return false;
  try {
    return new X509Certificate(one).fingerprint256 === new X509Certificate(other).fingerprint256;
  } catch {
    return false; // an unreadable one is nobody's
  }
}
