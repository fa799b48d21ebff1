import type { Readable, Writable } from 'node:stream';

import type { Io } from '../core/io.js';
import type { SshEndpoint } from '../driver/contract.js';

export interface SessionOptions {
  readonly machine: string;
  readonly knownHostsFile: string;
  /** What stood after the machine's name: ssh options, then a command; nothing for a shell. */
  readonly args: readonly string[];
  readonly signal: AbortSignal;
  readonly io: Io;
  /** Never use the system's client. */
  readonly native?: boolean;
  readonly unknownHostKey?: 'trust' | 'refuse';
  readonly env?: NodeJS.ProcessEnv;
  readonly stdin?: Readable;
  readonly stdout?: Writable;
  readonly stderr?: Writable;
}

/** A shell or one command on the machine; returns its exit status. */
export function interactive(endpoint: SshEndpoint, options: SessionOptions): Promise<number> {
  return Promise.reject(new Error(`interactive(${endpoint.host}, ${options.machine})`));
}
