import type { Io } from './io.js';

/** An image that a machine boots from and that contains its engine, such as boot2docker's ISO. */
export interface SystemImage {
  /** For people: `v19.03.12`. */
  readonly version: string;
  readonly path: string;
}

export interface SystemImages {
  /** Its path is where `upgradeImage` moves it. */
  readonly current: SystemImage;
  /** Absent when the machine already boots from the newest one. */
  readonly newer?: SystemImage;
}

/** Files of a guest's identity in its machine's folder. See `publicKeyOf` for the public halves. */
export const guestFiles = {
  loginKey: 'id_ed25519',
  hostKey: 'ssh_host_ed25519_key',
  /** A host key that takes the place of the other one once the host is seen to use it. */
  nextHostKey: 'ssh_host_ed25519_key.next',
  /** Empty; there while the host key is in user data that others can read. */
  exposedHostKey: 'ssh_host_ed25519_key.exposed',
  knownHosts: 'known_hosts',
} as const;

/** What a public key's file is called beside its private key. */
export const publicKeyOf = (path: string) => `${path}.pub`;

/** What cloud-init reads a guest's data from. */
export type Datasource = 'NoCloud' | 'Ec2' | 'GCE' | 'Azure' | 'OpenStack' | 'None';

/** A key pair in OpenSSH's own format. */
export interface GuestHostKey {
  readonly private: string;
  /** `ssh-ed25519 AAAA...`. */
  readonly public: string;
}

/** A guest's two key pairs: ours to log in with, and its own host key, known before its first boot. */
export interface GuestKeys {
  /** Private key file, `id_ed25519` in the machine's folder. */
  readonly loginKeyPath: string;
  readonly loginPublic: string;
  readonly hostKey: GuestHostKey;
}

/** What a guest learns on its first boot. */
export interface BootDataRequest {
  /** What cloud-init reads it from. */
  readonly datasource: Datasource;
  /** The login to be made; `root` for none. */
  readonly user: string;
  /** Public keys of the user's that log in instead of the machine's own, one line each. */
  readonly authorizedKeys?: readonly string[];
  /** The user's own: anything that cloud-init takes, such as a script, cloud-config or a multipart archive, perhaps compressed. */
  readonly userData?: Buffer;
  /** Packages of the guest's distribution to install during the first boot, beside the user's. */
  readonly packages?: readonly string[];
  /** Bytes that the provider takes. */
  readonly limit: number;
  /** Whether the provider counts the bytes before or after base64. */
  readonly measured: 'raw' | 'base64';
  /** Whether it may be compressed when it is too large otherwise. */
  readonly gzip: boolean;
  /** For `precheck`: composes it with keys of nobody, to see whether it can be, and writes nothing. */
  readonly trial?: boolean;
}

/** What the preparation of a guest may use: a part of a driver's context. */
export interface GuestContext {
  readonly io: Omit<Io, 'secret'>;
  readonly signal: AbortSignal;
  readonly machineName: string;
  /** This machine's folder in the store, mode 0700. */
  readonly machineDir: string;
  /** Shared by all machines of the store: images and the like. */
  readonly cacheDir: string;
  /**
   * Downloads a URL into the cache once, verified against its digest, and returns the file's path. Reports progress; an interrupted
   * download is continued by the next call. `again`: ignore the cache. Fails with DOWNLOAD.
   */
  download(url: string, options?: { sha256?: string; sha512?: string; again?: boolean }): Promise<string>;
  /** The text of a small document at a URL, such as an index or a list of checksums; never cached. Fails with DOWNLOAD. */
  fetchText(url: string): Promise<string>;
  /** Holds a lock of this computer (not of the store) while `use` runs. */
  lock<T>(name: string, use: () => Promise<T>): Promise<T>;
}

/** Files of this computer, as drivers read and write them. */
export interface Files {
  /** The text; undefined when there is no such file. */
  read(path: string): Promise<string | undefined>;
  /** The same for a file that need not be text. */
  readBytes(path: string): Promise<Buffer | undefined>;
  /** Replaces the file as a whole, with exactly this mode. */
  write(path: string, content: string | Uint8Array, mode: number): Promise<void>;
  exists(path: string): Promise<boolean>;
  /** Whether this user may read it. */
  isReadable(path: string): Promise<boolean>;
  /** Undefined when there is nothing. Links are followed. */
  facts(path: string): Promise<FileFacts | undefined>;
  /** Names in a folder; none when there is no such folder. */
  list(path: string): Promise<string[]>;
  /** Makes a folder and its missing parents. @param mode default 0700 */
  makeDir(path: string, mode?: number): Promise<void>;
  /** Removes a file, or a folder with all that is in it; already gone is a success. */
  remove(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Copies a file, sharing its blocks where the disk can. */
  copy(from: string, to: string): Promise<void>;
  /** Makes a symbolic link, in place of what is there. */
  link(target: string, path: string): Promise<void>;
  /** Bytes free on the disk under a path, or under its nearest parent that is there. */
  freeBytes(path: string): Promise<number>;
}

export interface FileFacts {
  readonly size: number;
  readonly isFolder: boolean;
  /** Milliseconds since 1970. */
  readonly modified: number;
}
