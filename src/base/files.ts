/** Files of this computer, as drivers read and write them. */
export interface Files {
  /** The text; undefined when there is no such file. */
  read(path: string): Promise<string | undefined>;
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
