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
}

/** A name beside the final one, for what is not complete: short, because names have limits. */
export function partialName(random: string): string {
  return `.tsmachine-${random}.part`;
}
