import { readFile } from 'node:fs/promises';

import type { EngineTarget } from '../docker/client.js';
import type { ServedCertificate } from '../docker/handshake.js';
import { readIfExists } from '../system/files/atomic.js';
import { TsmachineError, whyUnusable } from '../base/errors.js';
import { say } from '../base/text.js';
import type { Session } from '../machine/session.js';

/** What a client needs to connect to an engine, as PEM texts. */
export interface ClientCertificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  /** They are the store's own, which its other machines use too. */
  readonly ofStore: boolean;
}

/**
 * The certificates given, else the store's own. None are made: an existing engine could not know them.
 * @throws TsmachineError CERT_UNREADABLE, saying where to get certificates
 */
export async function certificatesFor(
  session: Session,
  given?: { readonly ca: string; readonly cert: string; readonly key: string },
): Promise<ClientCertificates> {
  if (given) {
    const [ca, cert, key] = await Promise.all([read(given.ca), read(given.cert), read(given.key)]);
    return { ca, cert, key, ofStore: false };
  }
  const { paths } = session.store;
  const [ca, cert, key] = await Promise.all([paths.ca, paths.cert, paths.key].map((path) => readIfExists(path)));
  if (ca !== undefined && cert !== undefined && key !== undefined) return { ca, cert, key, ofStore: true };
  throw new TsmachineError('CERT_UNREADABLE', 'There are no certificates for the engine: this store has none, and none were given', {
    hint: 'Give those of the store that made the host: --ca ca.pem --cert cert.pem --key key.pem (in its folder certs)',
  });
}

interface Accepted {
  readonly certificates: ClientCertificates;
  readonly served: ServedCertificate;
  readonly engineVersion: string;
}

/** Proves by mutual TLS and an answer to `/version` that the engine accepts the certificates and serves one signed by their CA. */
export async function proveAccepted(
  at: Pick<EngineTarget, 'url' | 'machine'>,
  certificates: ClientCertificates,
  signal: AbortSignal,
): Promise<Accepted> {
  const { ca, cert, key } = certificates;
  const target = { ...at, ca, cert, key };
  const [{ handshake }, { openEngine }] = await Promise.all([import('../docker/handshake.js'), import('../docker/client.js')]);
  const served = await handshake(target, { signal });
  const engine = openEngine(target, { signal });
  try {
    return { certificates, served, engineVersion: (await engine.version()).Version };
  } finally {
    engine.close();
  }
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new TsmachineError('CERT_UNREADABLE', say`Cannot read ${file}: ${whyUnusable(error)}`, { cause: error });
  }
}
