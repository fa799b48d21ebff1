import type { Readable, Writable } from 'node:stream';

type Done = (error: Error | null | undefined) => void;
type Answer<T> = (error: Error | null | undefined, value: T) => void;

/** The facts about a file that packing needs. */
export interface FileFacts {
  readonly mode: number;
  readonly size: number;
  readonly mtime: Date;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
  isSocket(): boolean;
}

/** The calls of `node:fs` that packing and unpacking need, for this computer's disk or for a host over SFTP. */
export interface FileCalls {
  readonly lstat: (path: string, answer: Answer<FileFacts>) => void;
  readonly stat: (path: string, answer: Answer<FileFacts>) => void;
  readonly readdir: (path: string, answer: Answer<string[]>) => void;
  readonly readlink: (path: string, answer: Answer<string>) => void;
  readonly realpath: (path: string, answer: Answer<string>) => void;
  readonly createReadStream: (path: string, range: { start: number; end: number }) => Readable;
  readonly createWriteStream: (path: string) => Writable;
  readonly mkdir: (path: string, options: { mode: number }, done: Done) => void;
  readonly chmod: (path: string, mode: number, done: Done) => void;
  readonly utimes: (path: string, accessed: Date, modified: Date, done: Done) => void;
  readonly symlink: (goal: string, path: string, done: Done) => void;
  readonly link: (existing: string, path: string, done: Done) => void;
  readonly unlink: (path: string, done: Done) => void;
}
