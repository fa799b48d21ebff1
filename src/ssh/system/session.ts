import type { SshEndpoint } from '../../base/shell.js';
import type { SessionOptions } from './session-options.js';
import { runSystemSsh } from './system-client.js';

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
