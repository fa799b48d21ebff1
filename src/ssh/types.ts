import type { Duplex } from 'node:stream';

import type { Io } from '../base/io.js';
import type { ExecOptions, ExecResult, RemoteShell } from '../base/shell.js';
import type { FileCalls } from '../system/files/file-calls.js';

import type { RemoteStream } from './run/stream.js';

export type { RemoteStream } from './run/stream.js';

type ShortOptions = Pick<ExecOptions, 'timeout' | 'ok' | 'onLine'>;

export interface ConnectOptions {
  /** The machine's name: it stands in every message, and its host key is pinned under it. */
  readonly machine: string;
  /** OpenSSH-format file the host keys are pinned in. */
  readonly knownHostsFile: string;
  /** What to do with a host key nobody vouches for. */
  readonly unknownHostKey: 'trust' | 'refuse';
  readonly io: Io;
  readonly signal: AbortSignal;
  /** Milliseconds for one attempt, from the first packet to the login; default 15 000. */
  readonly timeout?: number;
  /**
   * Milliseconds to keep trying while the host refuses, drops or does not answer; never after a refused login or a wrong host key.
   * Default 0: one attempt.
   */
  readonly waitFor?: number;
  /** A host that boots may not know the key yet: a refused login is tried again, three times in all, two seconds apart. */
  readonly retryAuth?: boolean;
  readonly env?: NodeJS.ProcessEnv;
}

/** One login on one host, used for everything a command does there. */
export interface SshConnection extends RemoteShell {
  readonly user: string;
  /** True once the connection is gone, by `close` or by accident. */
  readonly closed: boolean;
  /** As in RemoteShell. `signal` stands for the connection's own: tidying up goes on after an abort. */
  exec(command: string, options?: ShortOptions & Pick<ExecOptions, 'input'> & { signal?: AbortSignal }): Promise<ExecResult>;
  /** Runs a template as the login user, its variables passed on standard input. */
  script(template: string, variables?: Readonly<Record<string, string>>, options?: ShortOptions): Promise<ExecResult>;
  /** Starts a command for data of any size; the text must be a constant or come from the quoting helper. */
  stream(command: string): Promise<RemoteStream>;
  /** The login user's files over SFTP; opened once. @throws TsmachineError SSH_PROTOCOL when the host serves none. */
  sftp(): Promise<FileCalls>;
  /** A stream to a port as the host sees it. */
  forward(host: string, port: number): Promise<Duplex>;
  /** Writes a file of the login user: to a temporary name first, then renamed. `mode` as in 0o600. */
  upload(path: string, content: Uint8Array | string, mode: number): Promise<void>;
  close(): Promise<void>;
}

/** What copying needs of a connection, whichever client it is. */
export interface FileConnection extends Pick<SshConnection, 'exec' | 'script' | 'stream' | 'sftp' | 'close'> {
  /** As `stream`, with open files of this computer (their descriptors) as the command's own; to its end. */
  pass?(command: string, files: { readonly stdin?: number; readonly stdout?: number }): RemoteStream['ended'];
}
