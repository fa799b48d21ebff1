import { hostname, userInfo } from 'node:os';

import type { HostConfig } from '../../store/config/schema.js';
import { readIfExists, writeAtomic } from '../../system/files/atomic.js';
import type { Session } from '../session.js';

/** The files of the CA and the client certificate that a machine uses, as its config.json names them. */
export function authorityFiles(config: HostConfig): { ca: string; caKey: string; cert: string; key: string } {
  const auth = config.HostOptions.AuthOptions;
  return { ca: auth.CaCertPath, caKey: auth.CaPrivateKeyPath, cert: auth.ClientCertPath, key: auth.ClientKeyPath };
}

/**
 * Makes sure that the CA and the client certificate exist. It holds a lock of the whole store, so that parallel first creates make one CA.
 * @param options.needsSigning false where a CA certificate without its key is enough, as an imported machine may have it
 */
export async function ensureAuthorityOf(session: Session, config: HostConfig, options: { needsSigning?: boolean } = {}): Promise<void> {
  const { ensureAuthority } = await import('../../certs/authority.js');
  await session.store.lockCertificates(
    () => ensureAuthority(authorityFiles(config), { io: session.io, user: userName(session.env), ...options }),
    { signal: session.signal },
  );
}

export async function renewClientCertificateOf(session: Session, config: HostConfig): Promise<void> {
  const { renewClientCertificate } = await import('../../certs/authority.js');
  await session.store.lockCertificates(
    () => renewClientCertificate(authorityFiles(config), { io: session.io, user: userName(session.env) }),
    { signal: session.signal },
  );
}

/** Copies CA, client certificate and client key to the machine's folder, which is what `DOCKER_CERT_PATH` points at. */
export async function copyClientCertificates(session: Session, config: HostConfig): Promise<void> {
  const from = authorityFiles(config);
  const to = session.store.machine(config.Name);
  await Promise.all([copy(from.ca, to.ca, 0o644), copy(from.cert, to.cert, 0o644), copy(from.key, to.key, 0o600)]);
}

async function copy(from: string, to: string, mode: number): Promise<void> {
  const text = await readIfExists(from);
  if (text !== undefined && text !== (await readIfExists(to))) await writeAtomic(to, text, mode);
}

export interface ServerCertificate {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/**
 * The machine's server certificate: the one in the store if it is still valid for these names, else a new one.
 * @param names every address and name that clients may use
 * @param renew make a new one even if the present one is valid
 */
export async function serverCertificate(
  session: Session,
  config: HostConfig,
  names: readonly string[],
  renew: boolean,
): Promise<ServerCertificate> {
  const paths = session.store.machine(config.Name);
  const authority = authorityFiles(config);
  const [ca = '', cert, key] = await Promise.all([
    readIfExists(authority.ca),
    readIfExists(paths.serverCert),
    readIfExists(paths.serverKey),
  ]);
  const clientAuth = config.HostOptions.SwarmOptions.Master;
  const { issueServerCertificate, serverCertificateFits } = await import('../../certs/server.js');
  if (!renew && cert !== undefined && key !== undefined) {
    if (serverCertificateFits(cert, { caPem: ca, keyPem: key, names, clientAuth })) return { ca, cert, key };
  }
  const issued = await issueServerCertificate({
    caFile: authority.ca,
    caKeyFile: authority.caKey,
    organization: `${userName(session.env)}.${config.Name}`,
    names: [...names],
    clientAuth,
  });
  await writeAtomic(paths.serverKey, issued.key, 0o600);
  await writeAtomic(paths.serverCert, issued.cert, 0o644);
  return { ca, ...issued };
}

/** Every name a client may use for this machine: `--tls-san`, its addresses, its names, and those of tunnels that end on the host. */
export function certificateNames(config: HostConfig, addresses: readonly string[], hostname: string): string[] {
  const own = config.HostOptions.AuthOptions.ServerCertSANs;
  return [...new Set([...own, ...addresses, config.Name, hostname, 'localhost', '127.0.0.1', '::1'].filter((name) => name !== ''))];
}

/** `root@laptop`, in letters that a mark on a host may hold: who works with this store, and where. */
export function whoWorks(env: NodeJS.ProcessEnv): string {
  return `${userName(env)}@${hostname()}`.replace(/[^\w.@+-]/g, '_').slice(0, 200);
}

function userName(env: NodeJS.ProcessEnv): string {
  const name = env['USER'] ?? env['USERNAME'];
  if (name !== undefined && name !== '') return name;
  try {
    return userInfo().username;
  } catch {
    return 'unknown'; // a user id without an entry in passwd, as in many containers
  }
}
