import { basename, dirname } from 'node:path';

import { TsmachineError } from '../../base/errors.js';
import { newEd25519 } from '../../system/ed25519.js';
import { makePrivateDir, readIfExists, writeAtomic } from '../../system/files/atomic.js';

import { readKeyFile } from './key-file.js';
import { quote } from '../../base/quote.js';

/**
 * Creates an ed25519 key pair in OpenSSH format (`path` with mode 0600, and `path.pub`). An existing key is kept; a missing `.pub` is
 * restored.
 * @param comment the comment of the public key; by default `tsmachine-NAME`, NAME being the folder that the key is in.
 */
export async function createKeyPair(path: string, comment = `tsmachine-${basename(dirname(path))}`): Promise<void> {
  if ((await readIfExists(path)) !== undefined) {
    if ((await readIfExists(`${path}.pub`)) === undefined) await writeAtomic(`${path}.pub`, `${await derive(path)} ${comment}\n`, 0o644);
    return;
  }
  const pair = newEd25519(comment);
  await makePrivateDir(dirname(path));
  // the public half first, so that a private key never exists without one
  await writeAtomic(`${path}.pub`, pair.public, 0o644);
  await writeAtomic(path, pair.private, 0o600);
}

/**
 * The public key (`ssh-ed25519 AAAA... comment`) that belongs to a private key file: from the `.pub` beside it, else derived.
 * @throws TsmachineError SSH_KEY_MISSING, SSH_KEY_UNREADABLE, SSH_KEY_TOO_OPEN, SSH_KEY_PASSPHRASE.
 */
export async function publicKey(path: string): Promise<string> {
  const beside = (await readIfExists(`${path}.pub`))?.trim();
  return beside === undefined || beside === '' ? derive(path) : beside;
}

async function derive(path: string): Promise<string> {
  const key = await readKeyFile(path);
  if (key.public === undefined) {
    throw new TsmachineError('SSH_KEY_PASSPHRASE', `The public half of ${path} cannot be read without its passphrase`, {
      hint: `ssh-keygen -y -f ${quote(path)} > ${quote(`${path}.pub`)}`,
    });
  }
  return `${key.public.type} ${key.public.getPublicSSH().toString('base64')}`;
}

/** @throws TsmachineError SSH_KEY_MISSING, SSH_KEY_UNREADABLE (also for a public key or something else) or SSH_KEY_TOO_OPEN. */
export async function checkPrivateKey(path: string): Promise<void> {
  await readKeyFile(path);
}
