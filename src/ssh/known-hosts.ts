/** A host as `known_hosts` names it: `host`, or `[host]:port` for a port other than 22. */
export interface HostAddress {
  readonly host: string;
  readonly port?: number;
}

export interface HostKey {
  /** `ssh-ed25519`, `ecdsa-sha2-nistp256`, ... */
  readonly type: string;
  /** The key itself, base64. */
  readonly base64: string;
}

/** Adds `key` (`ssh-ed25519 AAAA...`) for a host unless it is there. */
export function pinHostKey(file: string, address: HostAddress, key: string): Promise<void> {
  return Promise.reject(new Error(`pinHostKey(${file}, ${address.host}, ${key})`));
}

/** The keys pinned for a host, hashed and wildcard entries included. */
export function readHostKeys(file: string, address: HostAddress): Promise<HostKey[]> {
  return Promise.reject(new Error(`readHostKeys(${file}, ${address.host})`));
}

/** Removes the file, or only one host's keys from it. */
export function forgetHostKeys(file: string, address?: HostAddress): Promise<void> {
  return Promise.reject(new Error(`forgetHostKeys(${file}, ${address?.host ?? ''})`));
}
