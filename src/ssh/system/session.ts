import type { Io } from '../../base/io.js';
import type { SshEndpoint } from '../../driver/contract.js';

import { runSystemSsh } from './system-client.js';

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

/**
 * A shell on the machine, or one command: by the system's ssh when there is one, else by ssh2. Nothing heavy is loaded for the former.
 * @returns the exit status of the shell or command; 255 when ssh itself failed, as ssh says.
 * @throws TsmachineError from the native client: SSH_*, REMOTE_COMMAND.
 */
export async function interactive(endpoint: SshEndpoint, options: SessionOptions): Promise<number> {
  if (options.native !== true) {
    const status = await runSystemSsh(endpoint, options);
    if (status !== undefined) return status;
    options.io.debug('There is no ssh on this computer: its own client is used');
  }
  const { runNativeSession } = await import('./native-session.js');
  return runNativeSession(endpoint, options);
}
