import type { KeyObject, X509Certificate } from 'node:crypto';

import { TsmachineError } from '../base/errors.js';
import { parseCertificates, parsePrivateKey } from './pem.js';

export interface Authority {
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
}

interface AuthorityTexts {
  readonly ca: string;
  readonly caKey: string;
}

/**
 * A CA that can sign now: of the certificates in the CA file, the one the key belongs to.
 * @throws TsmachineError CERT_UNREADABLE when the halves do not fit or it is no CA; CA_EXPIRED.
 */
export function openAuthority(pem: AuthorityTexts, paths: AuthorityTexts, now: Date): Authority {
  const key = parsePrivateKey(pem.caKey, paths.caKey);
  const certificates = parseCertificates(pem.ca, paths.ca);
  const certificate = certificates.find((one) => one.checkPrivateKey(key));
  if (certificate === undefined) {
    throw new TsmachineError('CERT_UNREADABLE', `${paths.caKey} is not the key of the CA certificate ${paths.ca}`, {
      hint: 'Put back the pair that belongs together; with another CA, the machines signed by the old one can no longer be reached.',
    });
  }
  if (!certificate.ca) {
    throw new TsmachineError('CERT_UNREADABLE', `${paths.ca} is not a CA certificate`, { hint: 'Check --tls-ca-cert.' });
  }
  refuseExpired(certificate, paths.ca, now);
  return { certificate, key };
}

/** @throws TsmachineError CA_EXPIRED: what an expired CA signs, nobody accepts. */
export function refuseExpired(certificate: X509Certificate, path: string, now: Date): void {
  const end = new Date(certificate.validTo);
  if (end >= now) return;
  throw new TsmachineError(
    'CA_EXPIRED',
    `The CA certificate ${path} expired on ${end.toISOString().slice(0, 10)}; nothing is signed with it`,
    {
      hint: 'Move the CA certificate and its key away, then run "tsmachine regenerate-certs --client-certs" with every machine: it makes a new CA.',
    },
  );
}
