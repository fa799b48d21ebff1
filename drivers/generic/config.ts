import { isIP } from 'node:net';
import { resolve } from 'node:path';

import { baseRules, checkFields, listOf, port, text, type Rule } from '../../src/driver/kit/check.js';
import { TsmachineError } from '../../src/base/errors.js';
import { run } from '../../src/base/text.js';
import { isDnsName } from '../../src/base/forms.js';
import { baseData, listFlag, numberOf, portFlag, textFlag, textOf } from '../../src/driver/kit/data.js';
import type { DriverData, ParseInput, SshEndpoint } from '../../src/driver/contract.js';

const jumpHost = /^([^\s@:-][^\s@:]*@)?(\[[0-9a-fA-F:]+\]|[a-zA-Z0-9_][a-zA-Z0-9_.-]*)(:\d{1,5})?$/;

/**
 * Flags to the `Driver` object (docs/compatibility.md: The generic driver). The user's key is referenced where it lies, never copied into
 * the store.
 * @throws TsmachineError FLAG_MISSING, FLAG_INVALID
 */
export function parseConfig(input: ParseInput): DriverData {
  const { flags } = input;
  const host = textFlag(flags, 'generic-ip-address');
  if (host === '') {
    throw new TsmachineError('FLAG_MISSING', 'generic driver requires the --generic-ip-address option', {
      hint: run('create', '-d', 'generic', '--generic-ip-address', 'HOST', input.machineName),
    });
  }
  if (!isAddress(host)) {
    throw new TsmachineError('FLAG_INVALID', `--generic-ip-address ${JSON.stringify(host)} is neither an IP address nor a DNS name`);
  }
  const user = textFlag(flags, 'generic-ssh-user');
  if (!/^[^\s:@'"\\/-][^\s:@'"\\/]*$/.test(user)) {
    throw new TsmachineError('FLAG_INVALID', `--generic-ssh-user ${JSON.stringify(user)} is not a user name`);
  }
  const jumps = listFlag(flags, 'generic-jump-host');
  for (const jump of jumps) {
    if (!jumpHost.test(jump))
      throw new TsmachineError('FLAG_INVALID', `--generic-jump-host ${JSON.stringify(jump)} is not [user@]host[:port]`);
  }
  const key = textFlag(flags, 'generic-ssh-key');
  const keyPath = key === '' ? '' : resolve(key);
  return {
    ...baseData(input, { ip: host, sshUser: user, sshPort: portFlag(flags, 'generic-ssh-port'), sshKeyPath: keyPath }),
    EnginePort: portFlag(flags, 'generic-engine-port'),
    SSHKey: key,
    ...(jumps.length > 0 ? { JumpHosts: jumps } : {}),
  };
}

export function checkConfig(data: DriverData): void {
  checkFields(data, { ...baseRules, EnginePort: port, SSHKey: text, JumpHosts: listOf(jump) });
}

const jump: Rule = (value) => text(value) ?? (jumpHost.test(value as string) ? undefined : 'has an entry that is not [user@]host[:port]');

/** IPv4 such as `10.1.2` or `300.1.1.1` looks like a DNS name to a pattern; nobody means one. */
function isAddress(host: string): boolean {
  return isIP(host) !== 0 || (isDnsName(host) && !/^[\d.]+$/.test(host));
}

export function sshEndpoint(data: DriverData): SshEndpoint {
  const keyPath = textOf(data, 'SSHKeyPath');
  const jump = jumpHosts(data);
  return {
    host: textOf(data, 'IPAddress'),
    port: numberOf(data, 'SSHPort', 22),
    user: textOf(data, 'SSHUser') || 'root',
    sudoPasswordEnv: 'GENERIC_SUDO_PASSWORD',
    ...(keyPath === '' ? {} : { keyPath }),
    ...(jump.length > 0 ? { jump } : {}),
  };
}

export function jumpHosts(data: DriverData): string[] {
  const value = data['JumpHosts'];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

export function dockerUrl(data: DriverData): string {
  const host = textOf(data, 'IPAddress');
  return `tcp://${isIP(host) === 6 ? `[${host}]` : host}:${numberOf(data, 'EnginePort', 2376)}`;
}
