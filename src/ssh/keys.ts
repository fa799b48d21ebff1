/** Makes an ed25519 key pair in OpenSSH format unless `path` is there already. `comment` stands in the public key. */
export function createKeyPair(path: string, comment = 'tsmachine'): Promise<void> {
  return Promise.reject(new Error(`createKeyPair(${path}, ${comment})`));
}

/** The public key (`ssh-ed25519 AAAA... comment`) that belongs to a private key file. */
export function publicKey(path: string): Promise<string> {
  return Promise.reject(new Error(`publicKey(${path})`));
}

/** @throws TsmachineError SSH_KEY_MISSING, SSH_KEY_UNREADABLE or SSH_KEY_TOO_OPEN. */
export function checkPrivateKey(path: string): Promise<void> {
  return Promise.reject(new Error(`checkPrivateKey(${path})`));
}
