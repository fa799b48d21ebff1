import type { SshEndpoint } from '../../base/shell.js';
import type { SessionOptions } from './session-options.js';
import { runSystemSsh } from './system-client.js';

/**
 * A shell on the machine, or one command: with the system's ssh when it is installed, else with ssh2, which is loaded only then.
 * @returns the exit status of the shell or command; 255 when ssh itself failed, as with ssh.
 * @throws TsmachineError from the built-in client: SSH_*, REMOTE_COMMAND.
 */
export async function interactive(endpoint: SshEndpoint, options: SessionOptions): Promise<number> {
  if (options.native !== true) {
    const status = await runSystemSsh(endpoint, options);
    if (status !== undefined) return status;
    options.io.debug('ssh is not installed on this computer: using the built-in client');
  }
  const { runNativeSession } = await import('./native-session.js');
  return runNativeSession(endpoint, options);
}
