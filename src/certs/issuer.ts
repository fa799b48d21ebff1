import { createHash } from 'node:crypto';
import type { KeyObject, X509Certificate } from 'node:crypto';

import { children } from './der.js';
import type { Der, Node } from './der.js';

const subjectKeyIdentifier = '2.5.29.14';

/** The fields of a CA certificate that the certificates it signs must repeat. */
export interface IssuerMarks {
  /** The subject's name, byte for byte: Go compares names as bytes. */
  readonly name: Node;
  readonly keyIdentifier: Uint8Array;
}

/** Docker Machine's older CAs have no key identifier; it is then computed from the key, as usual. */
export function issuerMarks(der: Der, certificate: X509Certificate): IssuerMarks {
  const fields = children(children(der.parse(certificate.raw))[0]);
  // A version 1 certificate does not begin with a version field.
  const name = fields[fields[0]?.constructed === true ? 5 : 4];
  if (name === undefined) throw new TypeError('certificate without a subject');
  return { name, keyIdentifier: storedKeyIdentifier(der, fields) ?? keyIdentifier(der, certificate.publicKey) };
}

/** RFC 5280 4.2.1.2 (1): SHA-1 of the key's bits. */
export function keyIdentifier(der: Der, key: KeyObject): Uint8Array {
  const spki = key.export({ type: 'spki', format: 'der' });
  const algorithm = children(der.parse(spki))[0];
  if (algorithm === undefined) throw new TypeError('public key without an algorithm');
  const rest = spki.subarray(headerLength(spki, 0) + der.print(algorithm).length);
  return createHash('sha1')
    .update(rest.subarray(headerLength(rest, 0) + 1))
    .digest();
}

function storedKeyIdentifier(der: Der, fields: readonly Node[]): Uint8Array | undefined {
  const extensions = children(children(fields.find((field) => (field.type as number) === 3 && (field.tagClass as number) === 0x80))[0]);
  const extension = extensions.find((one) => children(one).some((part) => der.idOf(part) === subjectKeyIdentifier));
  const wrapped = children(extension).at(-1)?.value;
  if (typeof wrapped !== 'string') return undefined;
  const inner = der.parse(Buffer.from(wrapped, 'latin1')).value;
  return typeof inner === 'string' ? Buffer.from(inner, 'latin1') : undefined;
}

/** Length in bytes of the tag and the length that precede a DER value. */
function headerLength(der: Uint8Array, at: number): number {
  const first = der[at + 1] ?? 0;
  return first < 0x80 ? 2 : 2 + (first & 0x7f);
}
