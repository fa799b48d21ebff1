import { randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';

/** What is at a path, symbolic links followed. */
export interface PathInfo {
  /** The path that was examined: inside a folder when that was asked for (`into`); a link's target when it leads to a file. */
  readonly path: string;
  readonly kind: 'none' | 'file' | 'folder' | 'other';
  /** Whether the parent folder exists. */
  readonly parent: boolean;
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
  /** Seconds since the epoch. */
  readonly mtime: number;
}

/**
 * One side of a copy: this computer or a machine. Folders travel as tar streams, whichever side they come from.
 * A writer leaves nothing incomplete at the final name: files and new folders get it when they are complete.
 */
export interface End {
  /** `/a/b`, or `/a/b on m1`: for messages. */
  name(path: string): string;
  /** The last part of a path; `.` where there is no name (`.`, `..`, the root, nothing). */
  leaf(path: string): string;
  /** The paths that are meant: those that a pattern matches, or the path itself. Patterns of this computer are its shell's business. */
  expand?(path: string): Promise<string[]>;
  /** What is at `path`, or, when that is a folder, at the name `into` in it. */
  inspect(path: string, into?: string): Promise<PathInfo>;
  /**
   * The content of a file, at most `size` bytes of it, because a file may grow while it is read. Errors while reading are errors of the
   * stream. A size of 0 says nothing: the system generates some files when they are read (/proc).
   */
  readFile(path: string, size: number): Promise<Readable>;
  /** Writes a file with the mode and time of `source`; `target` is what is there now. */
  writeFile(target: PathInfo, source: PathInfo, content: Readable): Promise<void>;
  /** A folder's content as a tar stream, its own entry included. */
  readFolder(path: string): Promise<Readable>;
  /** Unpacks into a new folder, or into the existing one. */
  writeFolder(target: PathInfo, source: PathInfo, content: Readable): Promise<void>;
  /** Bytes below a folder; undefined when that cannot be found out. */
  total(path: string): Promise<number | undefined>;
  /** This computer only: the open file, to be passed to a program. */
  openFile?(path: string): Promise<FileHandle>;
  /** This computer only: like `writeFile`, with what `fill` writes into the open file. */
  fillFile?(target: PathInfo, source: PathInfo, fill: (file: FileHandle) => Promise<void>): Promise<void>;
  /** Only where a program does the copying: writes a file's content into an open file of this computer, which is empty. */
  readInto?(source: PathInfo, file: FileHandle): Promise<void>;
  /** Only where a program does the copying: like `writeFile`, with the content of an open file of this computer. */
  writeFrom?(target: PathInfo, source: PathInfo, file: FileHandle): Promise<void>;
}

/** A new name beside the final one, for what is incomplete. It is short, because the length of names is limited. */
export function newPart(): string {
  return `.tsmachine-${randomBytes(6).toString('hex')}.part`;
}
