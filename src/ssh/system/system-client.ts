import { parseJump } from '../../base/ssh/jump-host.js';
import { quote } from '../../base/quote.js';
import type { SshEndpoint } from '../../base/shell.js';

import { checkEndpoint } from '../endpoint.js';
import { connectTimeoutSetting, sshTimeouts } from '../timeouts.js';
import type { SessionOptions } from './session-options.js';
import { defaultKnownHosts, readHostSettings, type HostSettingsQuery } from './user-config.js';

/** Why the system's ssh did nothing, where there is none. */
export const notInstalled = 'it is not installed';

/** Whose host key is expected, and where it is pinned. */
export interface Trust extends Pick<SessionOptions, 'machine' | 'knownHostsFile' | 'unknownHostKey'> {
  /** How the keys of the endpoint's jump hosts are checked, as `jumpTrusts` found out. */
  readonly jumps?: readonly JumpTrust[] | undefined;
}

/** How the key of a jump host is checked at the first contact: as the user's ssh would. */
export interface JumpTrust {
  readonly files: readonly string[];
  readonly strict: boolean;
}

/** What the user's ssh configuration says of the keys of the endpoint's jump hosts. */
export async function jumpTrusts(endpoint: SshEndpoint, query: HostSettingsQuery): Promise<JumpTrust[]> {
  return Promise.all(
    (endpoint.jump ?? []).map(async (text) => {
      const { host, user, port } = parseJump(text);
      const settings = await readHostSettings(host, { ...query, user, port });
      return { files: settings?.knownHosts ?? defaultKnownHosts(query.env), strict: settings?.strictHostKeys === 'yes' };
    }),
  );
}

/** The arguments that come before the user's own. */
export function sshArguments(endpoint: SshEndpoint, trust: Trust): string[] {
  return [
    ...sshSettings(endpoint, trust).flatMap((setting) => ['-o', setting]),
    `${endpoint.user}@${endpoint.host}`,
    ...(endpoint.keyPath === undefined ? [] : ['-o', 'IdentitiesOnly=yes', ...keyArguments(endpoint.keyPath)]),
    '-p',
    String(endpoint.port),
  ];
}

/**
 * Every setting of a connection to a machine, apart from its address, port and key, as `-o` takes them. The machine's key must be pinned
 * (see `ensurePinned`): ssh itself never accepts a new one.
 * @throws TsmachineError CONFIG_UNREADABLE for an endpoint that a program could take for something else
 */
export function sshSettings(endpoint: SshEndpoint, trust: Trust): string[] {
  checkEndpoint(trust.machine, endpoint);
  return [
    connectTimeoutSetting(sshTimeouts.systemConnect),
    'PasswordAuthentication=no',
    'ServerAliveInterval=60',
    'LogLevel=ERROR',
    `HostKeyAlias=${trust.machine}`,
    ...hostKeySettings([trust.knownHostsFile], true),
    ...jumpSettings(endpoint, trust),
  ];
}

/** The setting that leads through the endpoint's own jump hosts, if it has any. */
export function jumpSettings(endpoint: SshEndpoint, { knownHostsFile, jumps = [] }: Trust): string[] {
  const all = (endpoint.jump ?? []).map((text, index) => ({
    ...parseJump(text),
    strict: jumps[index]?.strict ?? false,
    files: [knownHostsFile, ...(jumps[index]?.files ?? ['~/.ssh/known_hosts'])],
  }));
  return all.length > 0 ? [`ProxyCommand=${proxyCommand(all, endpoint.keyPath)}`] : [];
}

/** Port and key as settings, for programs that pass only `-o` settings to ssh. */
export function endpointSettings({ port, keyPath }: SshEndpoint): string[] {
  return [`Port=${port}`, ...(keyPath === undefined ? [] : ['IdentitiesOnly=yes', `IdentityFile=${fileSetting(keyPath)}`])];
}

/** How ssh checks a host's key. @param strict false accepts a host that no file names, and adds its key to the first file */
export function hostKeySettings(files: readonly string[], strict: boolean): string[] {
  return [
    `UserKnownHostsFile=${files.map(fileSetting).join(' ')}`,
    'HashKnownHosts=no',
    `StrictHostKeyChecking=${strict ? 'yes' : 'accept-new'}`,
  ];
}

/**
 * A path inside an ssh setting: quoted to keep spaces, percent signs doubled, Windows' backslashes turned, because ssh reads them as
 * escapes.
 */
function fileSetting(path: string): string {
  const text = process.platform === 'win32' ? path.replaceAll('\\', '/') : path;
  return `"${text.replaceAll('%', '%%')}"`;
}

/** ssh checks that the file of `-i` exists before it expands percent signs, so a path that contains one is passed as a setting. */
function keyArguments(path: string): string[] {
  return path.includes('%') ? ['-o', `IdentityFile=${fileSetting(path)}`] : ['-i', path];
}

type TrustedJump = ReturnType<typeof parseJump> & JumpTrust;

/**
 * Jump hosts as a ProxyCommand, each reached through the ones before it. `-J` would do the same but passes no settings on, so the
 * jump hosts' keys that are pinned for this machine would be ignored.
 */
function proxyCommand(jumps: readonly TrustedJump[], keyPath: string | undefined): string {
  const before = jumps.slice(0, -1);
  const { user, host, port, files, strict } = jumps[before.length] ?? { host: '', files: [], strict: true };
  const words = ['ssh'];
  const settings = [connectTimeoutSetting(sshTimeouts.systemConnect), 'LogLevel=ERROR', ...hostKeySettings(files, strict)];
  for (const setting of settings) words.push('-o', setting.replaceAll('%', '%%'));
  if (before.length > 0) words.push('-o', `ProxyCommand=${proxyCommand(before, keyPath)}`.replaceAll('%', '%%'));
  if (keyPath !== undefined) words.push(...keyArguments(keyPath).map((word) => word.replaceAll('%', '%%')));
  if (port !== undefined) words.push('-p', String(port));
  if (user !== undefined) words.push('-l', user);
  return `${quote(...words)} -W '[%h]:%p' ${quote(host)}`;
}
