import { createPublicKey, generateKeyPair } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const generate = promisify(generateKeyPair);

/** An RSA 2048 pair, generated on Node's thread pool: several can be generated at once without blocking anything else. */
export function newKeyPair(): Promise<KeyPair> {
  return generate('rsa', { modulusLength: 2048 });
}

/** PKCS#1 for RSA, which Docker Machine writes and every engine reads; PKCS#8 for other types. */
export function privateKeyPem(key: KeyObject): string {
  const type = key.asymmetricKeyType === 'rsa' ? 'pkcs1' : 'pkcs8';
  return key.export({ type, format: 'pem' }).toString();
}

/** The pair that belongs to an existing private key. */
export function pairOf(privateKey: KeyObject): KeyPair {
  return { privateKey, publicKey: createPublicKey(privateKey) };
}
