import { rm } from 'node:fs/promises';
import type { X509Certificate } from 'node:crypto';

import { TsmachineError } from '../base/errors.js';
import { writeAtomic } from '../system/files/atomic.js';
import type { AuthorityFiles, AuthorityOptions, AuthorityTexts, CaInUse } from './authority-files.js';
import type { Authority } from './ca.js';
import { issueCertificate } from './issue.js';
import { newKeyPair, pairOf, privateKeyPem } from './keys.js';
import type { KeyPair } from './keys.js';
import { parseCertificates, parsePrivateKey } from './pem.js';
import { daysUntil, leafValidity, soonDays } from './validity.js';

interface ClientState extends AuthorityOptions {
  readonly texts: AuthorityTexts;
  readonly ca: CaInUse;
  /** Generated in advance when there is no client key. */
  readonly spareKey: KeyPair | undefined;
}

/**
 * Makes sure that the client certificate exists, belongs to its key and to the CA, and does not expire soon; otherwise issues a new one.
 */
export async function ensureClientCertificate(files: AuthorityFiles, state: ClientState): Promise<void> {
  const {
    texts: { cert, key },
    ca: { signer },
    io,
  } = state;
  if (cert === undefined || key === undefined) {
    if (signer === undefined) throw cannotSign(files, 'is incomplete');
    if (key === undefined) await replaceClientCertificate(files, state.spareKey ?? (await newKeyPair()), signer, state);
    else await writeCertificate(files, pairOf(parsePrivateKey(key, files.key)), signer, state);
    return;
  }
  const [certificate] = parseCertificates(cert, files.cert);
  const privateKey = parsePrivateKey(key, files.key);
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new TsmachineError('CERT_UNREADABLE', `${files.key} is not the key of the client certificate ${files.cert}`, {
      hint: 'Restore the matching pair, or delete both to have new ones created.',
    });
  }
  const reason = reasonToRenew(certificate, state);
  if (reason === undefined) return;
  if (signer === undefined) throw cannotSign(files, reason.short);
  io.info(reason.line);
  // The key stays, because replacing a single file cannot be interrupted half-way.
  await writeCertificate(files, pairOf(privateKey), signer, state);
}

/**
 * Writes a new key and a new certificate. The old certificate is deleted first, so that an interruption leaves a key without a certificate,
 * never a pair that does not match.
 */
export async function replaceClientCertificate(
  files: AuthorityFiles,
  pair: KeyPair,
  signer: Authority,
  options: AuthorityOptions,
): Promise<void> {
  await rm(files.cert, { force: true });
  await writeAtomic(files.key, privateKeyPem(pair.privateKey), 0o600);
  await writeCertificate(files, pair, signer, options);
}

async function writeCertificate(files: AuthorityFiles, pair: KeyPair, signer: Authority, options: AuthorityOptions): Promise<void> {
  options.io.info(`Creating client certificate: ${files.cert}`);
  const pem = await issueCertificate({
    purpose: 'client',
    organization: `${options.user}.<bootstrap>`,
    // Authorization plugins of the engine use the common name as the user's name.
    commonName: options.user,
    publicKey: pair.publicKey,
    ...leafValidity(options.now ?? new Date(), signer.certificate),
    issuer: signer.certificate,
    signingKey: signer.key,
  });
  await writeAtomic(files.cert, pem, 0o644);
}

interface Reason {
  readonly short: string;
  readonly line: string;
}

function reasonToRenew(certificate: X509Certificate, { ca, now = new Date() }: ClientState): Reason | undefined {
  const ours = ca.certificates.some((one) => certificate.checkIssued(one) && certificate.verify(one.publicKey));
  if (!ours) return { short: 'is signed by another CA', line: 'Client certificate is signed by another CA and needs to be regenerated' };
  const end = new Date(certificate.validTo);
  if (end < now) return { short: 'has expired', line: 'Client certificate is outdated and needs to be regenerated' };
  const days = daysUntil(end, now);
  // When the CA itself expires soon, a new certificate would not be valid for longer.
  if (days >= soonDays || ca.signer === undefined || leafValidity(now, ca.signer.certificate).notAfter <= end) return undefined;
  return { short: 'expires soon', line: `Client certificate expires in ${days} days and needs to be regenerated` };
}

function cannotSign(files: AuthorityFiles, state: string): TsmachineError {
  return new TsmachineError(
    'CERT_UNREADABLE',
    `The client certificate ${files.cert} ${state}, and without the CA key ${files.caKey} a new one cannot be signed`,
    {
      hint: 'Restore the missing file from a backup.',
    },
  );
}
