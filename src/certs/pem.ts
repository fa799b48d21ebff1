import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import { errorText, TsmachineError } from '../base/errors.js';
import { quote } from '../base/quote.js';

const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * Every certificate of a PEM text, in order: a CA file may contain several.
 * @throws TsmachineError CERT_UNREADABLE naming `path` when there is none or one of them is damaged.
 */
export function parseCertificates(pem: string, path: string): [X509Certificate, ...X509Certificate[]] {
  const [first, ...others] = pem.match(block) ?? [];
  if (first === undefined) throw unreadable(path, 'it contains no certificate');
  try {
    return [new X509Certificate(first), ...others.map((text) => new X509Certificate(text))];
  } catch (error) {
    throw unreadable(path, errorText(error), error);
  }
}

/**
 * A private key of any type, PKCS#1, SEC1 or PKCS#8.
 * @throws TsmachineError CERT_UNREADABLE naming `path`; messages never contain the key.
 */
export function parsePrivateKey(pem: string, path: string): KeyObject {
  if (/^-----BEGIN ENCRYPTED|^Proc-Type: 4,ENCRYPTED/m.test(pem)) {
    throw new TsmachineError('CERT_UNREADABLE', `${path} is protected by a passphrase`, {
      hint: `Docker engines do not accept protected keys. To write it without a passphrase: openssl pkey -in ${quote(path)} -out NEW-FILE`,
    });
  }
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw unreadable(path, `it contains no private key (${errorText(error)})`, error);
  }
}

function unreadable(path: string, why: string, cause?: unknown): TsmachineError {
  return new TsmachineError('CERT_UNREADABLE', `Cannot read ${path}: ${why}`, {
    hint: 'Restore the file from a backup, or delete both the certificate and its key to have new ones created.',
    cause,
  });
}
