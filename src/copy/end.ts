import { randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';

/** What lies at a path, symbolic links followed. */
export interface Found {
  /** The path that was looked at: inside a folder when one was asked for (`into`); a link's goal when it leads to a file. */
  readonly path: string;
  readonly kind: 'none' | 'file' | 'folder' | 'other';
  /** Whether the folder above is there. */
  readonly parent: boolean;
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
  /** Seconds since the epoch. */
  readonly mtime: number;
}

/**
 * One side of a copy: this computer or a machine. Folders travel as tar streams, whichever side they come from.
 * A writer leaves nothing half-made under the final name: files and new folders get it when they are complete.
 */
export interface End {
  /** `/a/b`, or `/a/b on m1`: for messages. */
  name(path: string): string;
  /** The last part of a path; `.` where it has none of its own (`.`, `..`, the root, nothing). */
  leaf(path: string): string;
  /** What lies at `path`, or, when that is a folder, under the name `into` in it. */
  look(path: string, into?: string): Promise<Found>;
  /** The content of a file. Errors of reading are errors of the stream. */
  readFile(path: string): Promise<Readable>;
  /** Writes a file with the mode and time of `source`; `target` is what lies there now. */
  writeFile(target: Found, source: Found, content: Readable): Promise<void>;
  /** A folder's content as a tar stream, its own entry included. */
  readFolder(path: string): Promise<Readable>;
  /** Unpacks into a new folder, or into the one that is there. */
  writeFolder(target: Found, source: Found, content: Readable): Promise<void>;
  /** Bytes below a folder; undefined when nobody can tell. */
  total(path: string): Promise<number | undefined>;
  /** This computer only: the open file, to be given to a program. */
  openFile?(path: string): Promise<FileHandle>;
  /** This computer only: as `writeFile`, with what `fill` writes into the open file. */
  fillFile?(target: Found, source: Found, fill: (file: FileHandle) => Promise<void>): Promise<void>;
  /** Only where a program does the copying: writes a file's content into an open file of this computer. */
  readInto?(path: string, file: FileHandle): Promise<void>;
  /** Only where a program does the copying: as `writeFile`, with the content of an open file of this computer. */
  writeFrom?(target: Found, source: Found, file: FileHandle): Promise<void>;
}

/** A new name beside the final one, for what is not complete: short, because names have limits. */
export function newPart(): string {
  return `.tsmachine-${randomBytes(6).toString('hex')}.part`;
}
