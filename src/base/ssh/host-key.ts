/** A public host key, as a line of known_hosts has it. */
export interface HostKey {
  /** `ssh-ed25519`, `ecdsa-sha2-nistp256`, ... */
  readonly type: string;
  /** The key itself, base64. */
  readonly base64: string;
}

/** A host key that somebody told us to expect: the key itself, or only its fingerprint, `SHA256:...` without padding. */
export type ExpectedKey = HostKey | { readonly print: string };

/**
 * Finds the host key in a text: a public key (`ssh-ed25519 AAAA... comment`), a line of `known_hosts` or of `ssh-keyscan`, or a
 * fingerprint as `ssh-keygen -l` prints it. Undefined when there is none.
 */
export function parseExpectedKey(text: string): ExpectedKey | undefined {
  const print = /(?:^|\s)(SHA256:[A-Za-z0-9+/]{43})=?(?=\s|$)/.exec(text)?.[1];
  if (print !== undefined) return { print };
  const [, type, base64] = /(?:^|\s)((?:ssh|ecdsa|sk)-[a-z0-9@.-]+)\s+(AAAA[A-Za-z0-9+/]+={0,2})(?=\s|$)/.exec(text) ?? [];
  return type !== undefined && base64 !== undefined && keyType(base64) === type ? { type, base64 } : undefined;
}

/** The type that a key names itself, in front of everything else (RFC 4253, 6.6). */
export function keyType(base64: string): string | undefined {
  const blob = Buffer.from(base64, 'base64');
  const length = blob.length < 4 ? Infinity : blob.readUInt32BE(0);
  return length <= blob.length - 4 ? blob.toString('latin1', 4, 4 + length) : undefined;
}
