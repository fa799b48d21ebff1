import { createPublicKey, generateKeyPair } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const generate = promisify(generateKeyPair);

/** RSA 2048 on Node's thread pool: several pairs are made at once, and nothing else waits. */
export function newKeyPair(): Promise<KeyPair> {
  return generate('rsa', { modulusLength: 2048 });
}

/** PKCS#1 for RSA, as Docker Machine writes and every engine reads; PKCS#8 for the rest. */
export function privateKeyPem(key: KeyObject): string {
  const type = key.asymmetricKeyType === 'rsa' ? 'pkcs1' : 'pkcs8';
  return key.export({ type, format: 'pem' }).toString();
}

/** The pair of a private key that is already there. */
export function pairOf(privateKey: KeyObject): KeyPair {
  return { privateKey, publicKey: createPublicKey(privateKey) };
}
