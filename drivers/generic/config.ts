import { isIP } from 'node:net';
import { resolve } from 'node:path';

import { baseRules, checkFields, listOf, optional, port, sshHost, text, type Rule } from '../../src/driver/kit/check.js';
import { TsmachineError } from '../../src/base/errors.js';
import { run } from '../../src/base/text.js';
import { isDnsName, isLoginName } from '../../src/base/forms.js';
import { parseExpectedKey } from '../../src/base/ssh/host-key.js';
import { isJump } from '../../src/base/ssh/jump-host.js';
import { baseData, listFlag, numberOf, portFlag, textFlag, textOf } from '../../src/driver/kit/data.js';
import type { DriverData, ParseInput, SshEndpoint } from '../../src/driver/contract.js';

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
  if (user !== '' && !isLoginName(user)) {
    throw new TsmachineError('FLAG_INVALID', `--generic-ssh-user ${JSON.stringify(user)} is not a user name`);
  }
  const jumps = listFlag(flags, 'generic-jump-host');
  for (const jump of jumps) {
    if (!isJump(jump)) throw new TsmachineError('FLAG_INVALID', `--generic-jump-host ${JSON.stringify(jump)} is not [user@]host[:port]`);
  }
  const hostKey = textFlag(flags, 'generic-host-key').trim();
  if (hostKey !== '' && parseExpectedKey(hostKey) === undefined) {
    throw new TsmachineError('FLAG_INVALID', `--generic-host-key ${JSON.stringify(hostKey)} is neither a public key nor a fingerprint`, {
      hint: 'On the host: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub. Give what it prints, or the text of the file.',
    });
  }
  const key = textFlag(flags, 'generic-ssh-key');
  const keyPath = key === '' ? '' : resolve(key);
  return {
    ...baseData(input, {
      ip: host,
      sshUser: user,
      sshPort: flags['generic-ssh-port'] === undefined ? 0 : portFlag(flags, 'generic-ssh-port'),
      sshKeyPath: keyPath,
    }),
    EnginePort: portFlag(flags, 'generic-engine-port'),
    SSHKey: key,
    ...(jumps.length > 0 ? { JumpHosts: jumps } : {}),
    ...(hostKey === '' ? {} : { HostKey: hostKey }),
  };
}

export function checkConfig(data: DriverData): void {
  checkFields(data, {
    ...baseRules,
    EnginePort: port,
    SSHKey: text,
    SSHAlias: sshHost,
    JumpHosts: listOf(jump),
    HostKey: optional(hostKeyRule),
  });
}

const jump: Rule = (value) => text(value) ?? (isJump(value as string) ? undefined : 'has an entry that is not [user@]host[:port]');

const hostKeyRule: Rule = (value) =>
  text(value) ?? (parseExpectedKey(value as string) ? undefined : 'is neither a public key nor a fingerprint');

/** IPv4 such as `10.1.2` or `300.1.1.1` looks like a DNS name to a pattern; nobody means one. */
function isAddress(host: string): boolean {
  return isIP(host) !== 0 || (isDnsName(host) && !/^[\d.]+$/.test(host));
}

export function sshEndpoint(data: DriverData): SshEndpoint {
  const keyPath = textOf(data, 'SSHKeyPath');
  const jump = jumpHosts(data);
  const hostKey = textOf(data, 'HostKey');
  return {
    host: sshName(data),
    port: numberOf(data, 'SSHPort', 0) || 22,
    user: textOf(data, 'SSHUser') || 'root',
    sudoPasswordEnv: 'GENERIC_SUDO_PASSWORD',
    ...(keyPath === '' ? {} : { keyPath }),
    ...(jump.length > 0 ? { jump } : {}),
    ...(hostKey === '' ? {} : { hostKey }),
  };
}

/** What ssh is asked for: the name in the user's ssh configuration where the host was given by one, else the address. */
export function sshName(data: DriverData): string {
  return textOf(data, 'SSHAlias') || textOf(data, 'IPAddress');
}

export function jumpHosts(data: DriverData): string[] {
  const value = data['JumpHosts'];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

export function dockerUrl(data: DriverData): string {
  const host = textOf(data, 'IPAddress');
  return `tcp://${isIP(host) === 6 ? `[${host}]` : host}:${numberOf(data, 'EnginePort', 2376)}`;
}
