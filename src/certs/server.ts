import type { KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { TsmachineError, whyUnusable } from '../base/errors.js';
import { openAuthority } from './ca.js';
import { issueCertificate } from './issue.js';
import { newKeyPair, privateKeyPem } from './keys.js';
import { alternativeNames, canonicalIp } from './names.js';
import { parseCertificates, parsePrivateKey } from './pem.js';
import { daysUntil, leafValidity, soonDays } from './validity.js';

export interface ServerCertificateRequest {
  readonly caFile: string;
  readonly caKeyFile: string;
  /** `<user>.<machine>` (Docker Machine's form). */
  readonly organization: string;
  /** Host names and addresses mixed; `localhost` and `127.0.0.1` are always added. */
  readonly names: readonly string[];
  /** Also valid as a client certificate: a classic swarm's master uses it towards its agents. */
  readonly clientAuth?: boolean;
  readonly now?: Date;
}

export interface ServerCertificateFit {
  readonly caPem: string;
  /** The private key, which must belong to the certificate. */
  readonly keyPem: string;
  readonly names: readonly string[];
  /** It must also be valid as a client certificate. */
  readonly clientAuth?: boolean;
  readonly now?: Date;
  /** Days that it must still be valid; default `soonDays`. */
  readonly minDays?: number;
}

const always = ['localhost', '127.0.0.1'];
const serverAuth = '1.3.6.1.5.5.7.3.1';
const clientAuth = '1.3.6.1.5.5.7.3.2';

/**
 * A new key and a certificate for an engine, as PEM texts; writes nothing.
 * @throws TsmachineError CERT_UNREADABLE, CA_EXPIRED, or FLAG_INVALID for a name that is neither a host name nor an address.
 */
export async function issueServerCertificate(request: ServerCertificateRequest): Promise<{ cert: string; key: string }> {
  const now = request.now ?? new Date();
  const names = alternativeNames([...request.names, ...always]);
  const [ca, caKey] = await Promise.all([read(request.caFile), read(request.caKeyFile)]);
  const authority = openAuthority({ ca, caKey }, { ca: request.caFile, caKey: request.caKeyFile }, now);
  const pair = await newKeyPair();
  const cert = await issueCertificate({
    purpose: request.clientAuth === true ? 'serverAndClient' : 'server',
    organization: request.organization,
    commonName: request.names[0] ?? 'localhost',
    publicKey: pair.publicKey,
    names,
    ...leafValidity(now, authority.certificate),
    issuer: authority.certificate,
    signingKey: authority.key,
  });
  return { cert, key: privateKeyPem(pair.privateKey) };
}

/** Whether an engine may keep its certificate: signed by this CA, valid for these uses and names, not expiring soon and not damaged. */
export function serverCertificateFits(certPem: string, wanted: ServerCertificateFit): boolean {
  const { certificate, key } = opened(certPem, wanted.keyPem);
  if (certificate === undefined || key === undefined) return false;
  const signer = parseCertificates(wanted.caPem, 'the CA certificate').find(
    (ca) => certificate.checkIssued(ca) && certificate.verify(ca.publicKey),
  );
  // Node's types do not say that a certificate may have no extended key usage.
  const usages = certificate.keyUsage as readonly string[] | undefined;
  const needed = wanted.clientAuth === true ? [serverAuth, clientAuth] : [serverAuth];
  return (
    signer !== undefined &&
    lastsAsLongAsPossible(certificate, signer, wanted) &&
    needed.every((usage) => usages?.includes(usage)) &&
    certificate.checkPrivateKey(key) &&
    covers(certificate.subjectAltName ?? '', wanted.names)
  );
}

/** When the CA itself expires soon, a new certificate would not be valid for longer and would restart the engine for nothing. */
function lastsAsLongAsPossible(
  certificate: X509Certificate,
  signer: X509Certificate,
  { now = new Date(), minDays = soonDays }: ServerCertificateFit,
): boolean {
  const end = new Date(certificate.validTo);
  if (new Date(certificate.validFrom) > now || end < now) return false;
  return daysUntil(end, now) >= minDays || end >= new Date(signer.validTo);
}

function opened(certPem: string, keyPem: string): { certificate?: X509Certificate; key?: KeyObject } {
  try {
    const [certificate] = parseCertificates(certPem, 'the server certificate');
    return { certificate, key: parsePrivateKey(keyPem, 'the server key') };
  } catch (error) {
    if (TsmachineError.is(error)) return {};
    throw error;
  }
}

function covers(subjectAltName: string, names: readonly string[]): boolean {
  const held = new Set(
    subjectAltName.split(', ').map((entry) => {
      const value = entry.slice(entry.indexOf(':') + 1);
      return canonicalIp(value) ?? value.toLowerCase();
    }),
  );
  const { dns, ips } = alternativeNames(names);
  return [...dns, ...ips].every((name) => held.has(name));
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new TsmachineError('CERT_UNREADABLE', `Cannot read ${path}: ${whyUnusable(error)}`, {
      hint: 'Both the CA certificate and its key are needed to sign a certificate: restore them from a backup.',
      cause: error,
    });
  }
}
