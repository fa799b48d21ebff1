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
