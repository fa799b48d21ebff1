import type { KeyObject, X509Certificate } from 'node:crypto';

import { TsmachineError } from '../base/errors.js';
import { run, say } from '../base/text.js';
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
 * The CA that can sign: the certificate in the CA file that the key belongs to.
 * @throws TsmachineError CERT_UNREADABLE when key and certificate do not match or it is not a CA; CA_EXPIRED.
 */
export function openAuthority(pem: AuthorityTexts, paths: AuthorityTexts, now: Date): Authority {
  const key = parsePrivateKey(pem.caKey, paths.caKey);
  const certificates = parseCertificates(pem.ca, paths.ca);
  const certificate = certificates.find((one) => one.checkPrivateKey(key));
  if (certificate === undefined) {
    throw new TsmachineError('CERT_UNREADABLE', `${paths.caKey} is not the key of the CA certificate ${paths.ca}`, {
      hint: 'Restore the matching pair. With another CA, machines whose certificates the old one signed can no longer be reached.',
    });
  }
  if (!certificate.ca) {
    throw new TsmachineError('CERT_UNREADABLE', `${paths.ca} is not a CA certificate`, { hint: 'Check --tls-ca-cert.' });
  }
  refuseExpired(certificate, paths.ca, now);
  return { certificate, key };
}

/** @throws TsmachineError CA_EXPIRED, because nobody accepts what an expired CA signs. */
export function refuseExpired(certificate: X509Certificate, path: string, now: Date): void {
  const end = new Date(certificate.validTo);
  if (end >= now) return;
  const renewal = run('regenerate-certs', '--client-certs', 'NAME', '...');
  throw new TsmachineError(
    'CA_EXPIRED',
    `The CA certificate ${path} expired on ${end.toISOString().slice(0, 10)} and can no longer sign certificates`,
    {
      hint: say`Move the CA certificate and its key away, then create a new CA, naming every machine: ${renewal}`,
    },
  );
}
