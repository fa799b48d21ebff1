import type { Duplex } from 'node:stream';

import type { Io } from '../base/io.js';
import type { ExecOptions, ExecResult, RemoteShell } from '../base/shell.js';
import type { FileCalls } from '../system/files/file-calls.js';

import type { RemoteStream } from './run/stream.js';

export type { RemoteStream } from './run/stream.js';

type ShortOptions = Pick<ExecOptions, 'timeout' | 'ok' | 'onLine'>;

export interface ConnectOptions {
  /** The machine's name: used in every message, and its host key is pinned under it. */
  readonly machine: string;
  /** The file that host keys are pinned in, in OpenSSH's known_hosts format. */
  readonly knownHostsFile: string;
  /** What to do with a host key that is not known yet. */
  readonly unknownHostKey: 'trust' | 'refuse';
  readonly io: Io;
  readonly signal: AbortSignal;
  /** Milliseconds for one attempt, from the first packet to the login; default as in timeouts.ts. */
  readonly timeout?: number;
  /**
   * Milliseconds to keep trying while the host refuses or drops connections or does not answer; never after a refused login or a wrong host
   * key.
   * Default 0: one attempt.
   */
  readonly waitFor?: number;
  /** Never use the system's ssh, even where ssh2 cannot do what the host or the user's key asks for. */
  readonly builtInOnly?: boolean;
  /** A booting host may not have the key yet: a refused login is tried again, three times in all, two seconds apart. */
  readonly retryAuth?: boolean;
  readonly env?: NodeJS.ProcessEnv;
}

/** One login on one host, used for everything that a command does there. */
export interface SshConnection extends RemoteShell {
  readonly user: string;
  /** True once the connection is gone, by `close` or by accident. */
  readonly closed: boolean;
  /** As in RemoteShell. `signal` replaces the connection's own, so that cleaning up can continue after an abort. */
  exec(command: string, options?: ShortOptions & Pick<ExecOptions, 'input'> & { signal?: AbortSignal }): Promise<ExecResult>;
  /** Runs a template as the login user, its variables passed on standard input. */
  script(template: string, variables?: Readonly<Record<string, string>>, options?: ShortOptions): Promise<ExecResult>;
  /** Starts a command for data of any size; the text must be a constant or come from `quote`. */
  stream(command: string): Promise<RemoteStream>;
  /** The login user's files over SFTP, opened once. @throws TsmachineError SSH_PROTOCOL when the host offers no SFTP. */
  sftp(): Promise<FileCalls>;
  /** A stream to a port as the host sees it. */
  forward(host: string, port: number): Promise<Duplex>;
  /** Writes a file as the login user: under a temporary name first, then renamed. `mode` as in 0o600. */
  upload(path: string, content: Uint8Array | string, mode: number): Promise<void>;
  close(): Promise<void>;
}

/** What copying needs of a connection, whichever client provides it. */
export interface FileConnection extends Pick<SshConnection, 'exec' | 'script' | 'stream' | 'sftp' | 'close'> {
  /** As `stream`, but the command uses open files of this computer (file descriptors); resolves when it has ended. */
  pass?(
    command: string,
    files: { readonly stdin?: number; readonly stdout?: number; readonly signal?: AbortSignal },
  ): RemoteStream['ended'];
  /**
   * Whether the start-up files of the login were seen to print on standard output. What `pass` writes into a file begins with that, because
   * only a stream can be told apart.
   */
  readonly noisy?: boolean;
}
