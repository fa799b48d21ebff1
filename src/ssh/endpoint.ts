import { TsmachineError } from '../base/errors.js';
import { isLoginName, isSshHost } from '../base/forms.js';
import { isJump } from '../base/ssh/jump-host.js';
import type { SshEndpoint } from '../base/shell.js';

/**
 * Refuses an endpoint whose parts ssh, or a shell that ssh starts, could take for an option or a command. It may come from a package's
 * driver or from an imported configuration: this is the last door, for every client.
 * @throws TsmachineError CONFIG_UNREADABLE naming the part
 */
export function checkEndpoint(machine: string, { user, host, port, keyPath, jump = [] }: SshEndpoint): void {
  const wrong = (what: string, value: unknown): never => {
    throw new TsmachineError('CONFIG_UNREADABLE', `"${machine}" cannot be reached over SSH: its ${what} is ${JSON.stringify(value)}`, {
      hint: 'Correct config.json in its folder.',
    });
  };
  if (!isLoginName(user)) wrong('user', user);
  if (!isSshHost(host)) wrong('host', host);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) wrong('port', port);
  if (keyPath !== undefined && /^$|^-|["\0-\x1f\x7f]/.test(keyPath)) wrong('key', keyPath);
  for (const text of jump) if (!isJump(text)) wrong('jump host', text);
}
