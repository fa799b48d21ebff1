import type { Io } from '../../base/io.js';

/** What an interactive session needs, whichever client runs it. */
export interface SessionOptions {
  readonly machine: string;
  readonly knownHostsFile: string;
  /** What followed the machine's name: ssh options, then a command; empty for a shell. */
  readonly args: readonly string[];
  readonly signal: AbortSignal;
  readonly io: Io;
  /** Never use the system's client. */
  readonly native?: boolean;
  /** Default 'trust'. */
  readonly unknownHostKey?: 'trust' | 'refuse';
  readonly env?: NodeJS.ProcessEnv;
  /** The built-in client's streams; the system's client always uses this program's own. */
  readonly stdin?: NodeJS.ReadStream | NodeJS.ReadableStream;
  readonly stdout?: NodeJS.WriteStream | NodeJS.WritableStream;
  readonly stderr?: NodeJS.WritableStream;
}
