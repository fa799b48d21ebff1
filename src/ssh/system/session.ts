import type { SshEndpoint } from '../../base/shell.js';
import type { SessionOptions } from './session-options.js';
import { runForeground } from '../../system/processes/foreground.js';
import { systemTrust } from './first-contact.js';
import { sshArguments } from './system-client.js';
import { configArguments } from './user-config.js';

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

/**
 * Runs the system's ssh with this program's own standard streams. The user's arguments come last, each as an argument of its own.
 * @returns its exit status, or undefined when ssh is not installed on this computer.
 */
async function runSystemSsh(endpoint: SshEndpoint, options: SessionOptions): Promise<number | undefined> {
  const { io, signal, env = process.env } = options;
  const trust = await systemTrust(endpoint, options, { io, signal, env });
  return runForeground('ssh', [...configArguments(env), ...sshArguments(endpoint, trust), ...options.args], { signal, env });
}
