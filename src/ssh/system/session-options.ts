import type { Io } from '../../base/io.js';

export interface SessionOptions {
  readonly machine: string;
  readonly knownHostsFile: string;
  /** What stood after the machine's name: ssh options, then a command; nothing for a shell. */
  readonly args: readonly string[];
  readonly signal: AbortSignal;
  readonly io: Io;
  /** Never use the system's client. */
  readonly native?: boolean;
  /** Default 'trust'. */
  readonly unknownHostKey?: 'trust' | 'refuse';
  readonly env?: NodeJS.ProcessEnv;
  /** The native client's streams; the system's client always has this program's own. */
  readonly stdin?: NodeJS.ReadStream | NodeJS.ReadableStream;
  readonly stdout?: NodeJS.WriteStream | NodeJS.WritableStream;
  readonly stderr?: NodeJS.WritableStream;
}
