import { createPublicKey, type JsonWebKey } from 'node:crypto';

/**
 * The public half of a private SSH key, as a line of authorized_keys. Undefined when it is not known.
 * @param publicText of the file beside it, if there is one
 */
export function publicHalfOf(privateText: string, publicText: string | undefined): string | undefined {
  return publicLine(publicText ?? '') ?? publicHalf(privateText) ?? rsaHalf(privateText);
}

function publicLine(text: string): string | undefined {
  return text
    .split('\n')
    .map((line) => line.trim())
    .find((line) => /^(ssh|ecdsa|sk)-\S+ AAAA\S+/.test(line));
}

/** OpenSSH's own format has the public half in clear, also of a key with a passphrase (PROTOCOL.key in OpenSSH's sources). */
function publicHalf(text: string): string | undefined {
  const [, body] = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END/.exec(text) ?? [];
  if (body === undefined) return undefined;
  const bytes = Buffer.from(body, 'base64');
  const magic = 'openssh-key-v1\0';
  if (bytes.toString('latin1', 0, magic.length) !== magic) return undefined;
  let at = magic.length;
  const next = (): Buffer => {
    const length = at + 4 <= bytes.length ? bytes.readUInt32BE(at) : 0;
    const field = bytes.subarray(at + 4, at + 4 + length);
    at += 4 + length;
    return field;
  };
  for (const _field of ['cipher', 'derivation', 'its options']) next();
  at += 4; // the number of keys: always one
  const blob = next();
  const type = blob.length > 4 ? blob.toString('latin1', 4, 4 + Math.min(64, blob.readUInt32BE(0))) : '';
  return /^(ssh|ecdsa|sk)-[\w@.-]+$/.test(type) ? `${type} ${blob.toString('base64')}` : undefined;
}

/** Of PEM files, such as EC2 hands out. One with a passphrase cannot be read. */
function rsaHalf(text: string): string | undefined {
  if (!/^-----BEGIN (RSA )?PRIVATE KEY-----/m.test(text) || text.includes('ENCRYPTED')) return undefined;
  let jwk: JsonWebKey;
  try {
    jwk = createPublicKey(text).export({ format: 'jwk' });
  } catch {
    return undefined; // a damaged file: the caller says what to do
  }
  if (jwk.kty !== 'RSA') return undefined;
  const numbers = [jwk.e, jwk.n].map((word) => Buffer.from(word ?? '', 'base64url'));
  // a leading zero keeps a number positive (RFC 4251: mpint)
  const fields = [
    Buffer.from('ssh-rsa'),
    ...numbers.map((bytes) => ((bytes[0] ?? 0) < 0x80 ? bytes : Buffer.concat([Buffer.of(0), bytes]))),
  ];
  const blob = Buffer.concat(fields.flatMap((field) => [lengthOf(field), field]));
  return `ssh-rsa ${blob.toString('base64')}`;
}

function lengthOf(field: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(field.length);
  return length;
}
