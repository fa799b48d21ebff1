import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import { errorText, TsmachineError } from '../base/errors.js';

const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * Every certificate of a PEM text, in its order: a CA file may hold several.
 * @throws TsmachineError CERT_UNREADABLE naming `path` when there is none or one of them is damaged.
 */
export function parseCertificates(pem: string, path: string): [X509Certificate, ...X509Certificate[]] {
  const [first, ...others] = pem.match(block) ?? [];
  if (first === undefined) throw unreadable(path, 'no certificate in it');
  try {
    return [new X509Certificate(first), ...others.map((text) => new X509Certificate(text))];
  } catch (error) {
    throw unreadable(path, errorText(error), error);
  }
}

/**
 * A private key of any type, PKCS#1, SEC1 or PKCS#8.
 * @throws TsmachineError CERT_UNREADABLE naming `path`; the text of the key is in no message.
 */
export function parsePrivateKey(pem: string, path: string): KeyObject {
  if (/^-----BEGIN ENCRYPTED|^Proc-Type: 4,ENCRYPTED/m.test(pem)) {
    throw new TsmachineError('CERT_UNREADABLE', `${path} is protected by a passphrase`, {
      hint: `Docker engines take no protected keys; write it out without one: openssl pkey -in ${path} -out NEW-FILE`,
    });
  }
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw unreadable(path, `no private key in it (${errorText(error)})`, error);
  }
}

function unreadable(path: string, why: string, cause?: unknown): TsmachineError {
  return new TsmachineError('CERT_UNREADABLE', `Cannot read ${path}: ${why}`, {
    hint: 'Restore the file from a copy, or remove it together with its other half to have new ones made.',
    cause,
  });
}
