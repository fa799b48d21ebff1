import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { errorText, systemCode, type TsmachineError } from '../../base/errors.js';
import { parseExpectedKey, type HostKey } from '../../base/ssh/host-key.js';
import type { Io } from '../../base/io.js';
import type { SshEndpoint } from '../../base/shell.js';

import { connectTimeoutSetting, sshTimeouts } from '../timeouts.js';
import { hostTrust, type HostTrust } from '../trust/host-trust.js';
import { findHostKeys, readHostKeys } from '../trust/known-hosts.js';
import { hostKeySettings, jumpSettings, jumpTrusts, notInstalled, type Trust } from './system-client.js';
import { makeTemporaryFolder } from './temporary-folder.js';
import { configArguments, readHostSettings, type HostSettings } from './user-config.js';

export interface FirstContact {
  readonly io: Io;
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * What the system's ssh needs to check a machine's host key and those of its jump hosts. The system's ssh knows only pinned keys: the
 * machine's is asked for, checked as the built-in client would, and pinned, if it is not yet. When the host does not answer nothing is
 * pinned, and ssh says why.
 * @throws TsmachineError SSH_HOST_KEY_CHANGED, SSH_HOST_KEY_UNKNOWN
 */
export async function systemTrust(endpoint: SshEndpoint, machine: Omit<Trust, 'jumps'>, contact: FirstContact): Promise<Trust> {
  const trust = { ...machine, jumps: await jumpTrusts(endpoint, contact) };
  if ((await readHostKeys(trust.knownHostsFile, { host: trust.machine })).length > 0) return trust;
  const { user, port } = endpoint;
  const settings = await readHostSettings(endpoint.host, { ...contact, user, port });
  const checked = await checkPresented(endpoint, trust, settings, contact);
  if (typeof checked === 'string') contact.io.debug(`The host key of ${trust.machine} cannot be asked for: ${checked}`);
  else await checked.pin();
  return trust;
}

/**
 * Asks the host for its key with the system's ssh and checks it.
 * @returns the check, which accepted the key; or why no key came
 * @throws TsmachineError SSH_HOST_KEY_CHANGED, SSH_HOST_KEY_UNKNOWN
 */
export async function checkPresented(
  endpoint: SshEndpoint,
  trust: Trust,
  settings: HostSettings | undefined,
  contact: FirstContact,
): Promise<HostTrust | string> {
  const { user, host, port, hostKey } = endpoint;
  const passedOver: string[] = [];
  let first: TsmachineError | undefined;
  for (;;) {
    const check = await hostTrust({
      place: { machine: trust.machine, isJump: false, user, host: settings?.hostname ?? host, port },
      knownHostsFile: trust.knownHostsFile,
      unknownHostKey: trust.unknownHostKey ?? 'trust',
      settings,
      expected: hostKey === undefined ? undefined : parseExpectedKey(hostKey),
      certified: () => certifiedPrint(endpoint, trust, contact),
      passedOver,
      io: contact.io,
      env: contact.env,
    });
    const presented = await presentedKey(endpoint, trust, check.algorithms, contact);
    if (typeof presented === 'string') {
      if (first !== undefined) throw first; // the host has no key of another type
      return presented;
    }
    const refusal = check.check(Buffer.from(presented.base64, 'base64'));
    if (refusal === undefined) return check;
    const type = check.refusedType();
    first ??= refusal;
    if (type === undefined) throw first;
    passedOver.push(type);
  }
}

/** The host's key, by a connection that ends where a login would begin. @returns why there is none, as ssh says it */
async function presentedKey(
  endpoint: SshEndpoint,
  trust: Trust,
  algorithms: readonly string[],
  contact: FirstContact,
): Promise<HostKey | string> {
  const folder = await makeTemporaryFolder();
  try {
    const file = join(folder, 'known_hosts');
    // the same types inside certificates: a certificate that nobody vouches for counts as the key in it
    const types = algorithms.flatMap((type) => [type, `${type}-cert-v01@openssh.com`]);
    const settings = [
      'LogLevel=ERROR',
      `HostKeyAlias=${trust.machine}`,
      `HostKeyAlgorithms=${types.join(',')}`,
      'GlobalKnownHostsFile=none',
      'UpdateHostKeys=no',
      ...hostKeySettings([file], false),
    ];
    const said = await knock(endpoint, trust, settings, contact);
    const [key] = await findHostKeys(file, { host: trust.machine });
    return key ?? said;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * The fingerprint of the host's key when a certificate vouches for it that the user's own known-hosts files accept. Only the system's ssh
 * can check certificates.
 */
export async function certifiedPrint(endpoint: SshEndpoint, trust: Trust, contact: FirstContact): Promise<string | undefined> {
  const said = await knock(endpoint, trust, ['LogLevel=DEBUG1', 'StrictHostKeyChecking=yes', 'UpdateHostKeys=no'], contact);
  if (!/is known and matches the \S+ host certificate/.test(said)) return undefined;
  return /Server host certificate: \S+ (SHA256:[A-Za-z0-9+/]+)/.exec(said)?.[1];
}

/** Connects as far as the host's key is checked, and offers nothing to log in with. @returns what ssh said */
function knock(endpoint: SshEndpoint, trust: Trust, settings: readonly string[], { env, signal }: FirstContact): Promise<string> {
  const all = [
    ...settings,
    'BatchMode=yes',
    'PreferredAuthentications=none',
    'ControlMaster=no',
    'ControlPath=none',
    'ClearAllForwardings=yes',
    'PermitLocalCommand=no',
    'RemoteCommand=none',
    connectTimeoutSetting(sshTimeouts.sharedConnect),
    ...jumpSettings(endpoint, trust),
  ];
  const login = ['-T', '-l', endpoint.user, '-p', String(endpoint.port), '--', endpoint.host, 'exit'];
  const args = [...configArguments(env), ...all.flatMap((setting) => ['-o', setting]), ...login];
  return new Promise((resolve, reject) => {
    const limits = { timeout: sshTimeouts.sharedLogin, signal, env, encoding: 'utf8', windowsHide: true } as const;
    execFile('ssh', args, limits, (error, _stdout, stderr) => {
      if (signal.aborted) reject(signal.reason as Error);
      else if (systemCode(error) === 'ENOENT') resolve(notInstalled);
      else resolve(stderr.trim() || (error === null ? '' : errorText(error)));
    });
  });
}
