import { dirname } from 'node:path';

import { TsmachineError } from '../base/errors.js';
import { makePrivateDir, readIfExists, writeAtomic } from '../system/files/atomic.js';
import type { AuthorityFiles, AuthorityOptions, AuthorityTexts, CaInUse } from './authority-files.js';
import { openAuthority, refuseExpired } from './ca.js';
import type { Authority } from './ca.js';
import { ensureClientCertificate, replaceClientCertificate } from './client.js';
import { issueCertificate } from './issue.js';
import { newKeyPair, pairOf, privateKeyPem } from './keys.js';
import { parseCertificates, parsePrivateKey } from './pem.js';
import { authorityValidity, daysUntil, soonDays } from './validity.js';

/**
 * Creates the CA and the client certificate if they are missing; the caller holds the certificates' lock. An existing CA is used
 * as it is, whichever tool created it. Keys are written before certificates, so an interruption leaves at most a key without a
 * certificate, which the next call completes.
 * @throws TsmachineError CERT_UNREADABLE for damaged files and pairs that do not match, CA_EXPIRED, CERT_EXPIRED, STORE_*.
 */
export async function ensureAuthority(files: AuthorityFiles, options: AuthorityOptions): Promise<void> {
  const texts = await readAll(files);
  const paths = [files.ca, files.caKey, files.cert, files.key];
  for (const dir of new Set(paths.map((path) => dirname(path)))) await makePrivateDir(dir);
  // Both keys in parallel: each takes a tenth of a second or more on one core.
  const [ca, spareKey] = await Promise.all([ensureCa(files, texts, options), texts.key === undefined ? newKeyPair() : undefined]);
  await ensureClientCertificate(files, { texts, ca, spareKey, ...options });
}

/**
 * Gives the client a new key and a new certificate, whatever the state of the old ones.
 * @throws TsmachineError as ensureAuthority.
 */
export async function renewClientCertificate(files: AuthorityFiles, options: AuthorityOptions): Promise<void> {
  const texts = await readAll(files);
  const [{ signer }, pair] = await Promise.all([ensureCa(files, texts, { ...options, needsSigning: true }), newKeyPair()]);
  if (signer === undefined) throw keyMissing(files);
  await replaceClientCertificate(files, pair, signer, options);
}

async function ensureCa(files: AuthorityFiles, { ca, caKey, cert }: AuthorityTexts, options: AuthorityOptions): Promise<CaInUse> {
  const now = options.now ?? new Date();
  if (ca === undefined) {
    if (caKey !== undefined && cert !== undefined) throw certificateMissing(files);
    const certificate = await createCa(files, caKey, options);
    return { certificates: [certificate.certificate], signer: certificate };
  }
  const certificates = parseCertificates(ca, files.ca);
  if (caKey === undefined) {
    if (options.needsSigning !== false) throw keyMissing(files);
    refuseExpired(certificates[0], files.ca, now);
    return { certificates, signer: undefined };
  }
  const signer = openAuthority({ ca, caKey }, files, now);
  const days = daysUntil(new Date(signer.certificate.validTo), now);
  if (days < soonDays) {
    options.io.warn(`CA certificate ${files.ca} expires in ${days} days; after that, none of its machines can be reached`);
  }
  return { certificates, signer };
}

/** @param keyText a key that an interrupted run left behind: it has signed nothing yet, so it becomes the CA's key */
async function createCa(files: AuthorityFiles, keyText: string | undefined, options: AuthorityOptions): Promise<Authority> {
  options.io.info(`Creating CA: ${files.ca}`);
  const pair = keyText === undefined ? await newKeyPair() : pairOf(parsePrivateKey(keyText, files.caKey));
  const pem = await issueCertificate({
    purpose: 'ca',
    organization: options.user,
    commonName: 'tsmachine CA',
    publicKey: pair.publicKey,
    ...authorityValidity(options.now ?? new Date()),
    signingKey: pair.privateKey,
  });
  if (keyText === undefined) await writeAtomic(files.caKey, privateKeyPem(pair.privateKey), 0o600);
  await writeAtomic(files.ca, pem, 0o644);
  return { certificate: parseCertificates(pem, files.ca)[0], key: pair.privateKey };
}

async function readAll(files: AuthorityFiles): Promise<AuthorityTexts> {
  const [ca, caKey, cert, key] = await Promise.all([files.ca, files.caKey, files.cert, files.key].map((file) => readIfExists(file)));
  return { ca, caKey, cert, key };
}

function certificateMissing(files: AuthorityFiles): TsmachineError {
  return new TsmachineError(
    'CERT_UNREADABLE',
    `certificate authority key already exists: ${files.caKey}, but its certificate ${files.ca} is missing`,
    {
      hint: `Every provisioned machine's folder has a copy: cp machines/NAME/ca.pem ${files.ca}`,
    },
  );
}

function keyMissing(files: AuthorityFiles): TsmachineError {
  return new TsmachineError(
    'CERT_UNREADABLE',
    `The key ${files.caKey} of the CA certificate ${files.ca} is missing: no certificate can be signed`,
    {
      hint: 'Restore the key from a backup, or move the CA certificate away to have a new CA created.',
    },
  );
}
