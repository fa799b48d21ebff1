import { homedir } from 'node:os';
import { join } from 'node:path';

import type { SshEndpoint } from '../../base/shell.js';
import { runForeground } from '../../system/processes/foreground.js';

import { findHostKeys, pinHostKey } from '../trust/known-hosts.js';
import { quote } from '../../base/quote.js';
import { parseJump } from '../dial/route.js';
import { connectTimeoutSetting, sshTimeouts } from '../timeouts.js';
import type { SessionOptions } from './session-options.js';
import { configArguments } from './user-config.js';

/** Whose host key is expected, and where it is pinned. */
export type Trust = Pick<SessionOptions, 'machine' | 'knownHostsFile' | 'unknownHostKey'>;

/**
 * Runs the system's ssh with this program's own standard streams. The user's arguments come last, each as an argument of its own.
 * @returns its exit status, or undefined when ssh is not installed on this computer.
 */
export async function runSystemSsh(endpoint: SshEndpoint, options: SessionOptions): Promise<number | undefined> {
  const env = options.env ?? process.env;
  const pinned = await isPinned(endpoint, options, env);
  const args = [...configArguments(env), ...sshArguments(endpoint, options, pinned), ...options.args];
  return runForeground('ssh', args, { signal: options.signal, env });
}

/** Whether the machine's host key is known. On the first connection it is copied from the user's own known_hosts when it is there. */
export async function isPinned(endpoint: SshEndpoint, { machine, knownHostsFile }: Trust, env: NodeJS.ProcessEnv): Promise<boolean> {
  if ((await findHostKeys(knownHostsFile, { host: machine })).length > 0) return true;
  const address = { host: endpoint.host, port: endpoint.port };
  const own = await findHostKeys(knownHostsFile, address);
  const found = own.length > 0 ? own : await findHostKeys(join(env['HOME'] ?? homedir(), '.ssh', 'known_hosts'), address);
  const keys = found.filter((entry) => entry.marker === undefined);
  for (const key of keys) await pinHostKey(knownHostsFile, { host: machine }, `${key.type} ${key.base64}`);
  return keys.length > 0;
}

/** The arguments that come before the user's own. */
export function sshArguments(endpoint: SshEndpoint, options: Trust, pinned: boolean): string[] {
  return [
    ...sshSettings(endpoint, options, pinned).flatMap((setting) => ['-o', setting]),
    `${endpoint.user}@${endpoint.host}`,
    ...(endpoint.keyPath === undefined ? [] : ['-o', 'IdentitiesOnly=yes', ...keyArguments(endpoint.keyPath)]),
    '-p',
    String(endpoint.port),
  ];
}

/** Every setting of a connection to a machine, apart from its address, port and key, as `-o` takes them. */
export function sshSettings(endpoint: SshEndpoint, options: Trust, pinned: boolean): string[] {
  const strict = pinned || options.unknownHostKey === 'refuse';
  const jumps = endpoint.jump ?? [];
  return [
    connectTimeoutSetting(sshTimeouts.systemConnect),
    'PasswordAuthentication=no',
    'ServerAliveInterval=60',
    // the first connection reports that the host key was added; later ones report errors only
    `LogLevel=${strict ? 'ERROR' : 'INFO'}`,
    `HostKeyAlias=${options.machine}`,
    ...hostKeySettings([options.knownHostsFile], strict),
    ...(jumps.length > 0 ? [`ProxyCommand=${proxyCommand(endpoint, options.knownHostsFile, jumps)}`] : []),
  ];
}

/** Port and key as settings, for programs that pass only `-o` settings to ssh. */
export function endpointSettings({ port, keyPath }: SshEndpoint): string[] {
  return [`Port=${port}`, ...(keyPath === undefined ? [] : ['IdentitiesOnly=yes', `IdentityFile=${fileSetting(keyPath)}`])];
}

function hostKeySettings(files: readonly string[], strict: boolean): string[] {
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

/**
 * Jump hosts as a ProxyCommand, each reached through the ones before it. `-J` would do the same but passes no settings on, so the
 * jump hosts' keys that are pinned for this machine would be ignored.
 */
function proxyCommand(endpoint: SshEndpoint, knownHostsFile: string, jumps: readonly string[]): string {
  const jump = parseJump(jumps.at(-1) ?? '');
  const before = jumps.slice(0, -1);
  const words = ['ssh'];
  const settings = [
    connectTimeoutSetting(sshTimeouts.systemConnect),
    'LogLevel=ERROR',
    ...hostKeySettings([knownHostsFile, '~/.ssh/known_hosts'], false),
  ];
  for (const setting of settings) words.push('-o', setting.replaceAll('%', '%%'));
  if (before.length > 0) words.push('-o', `ProxyCommand=${proxyCommand(endpoint, knownHostsFile, before)}`.replaceAll('%', '%%'));
  if (endpoint.keyPath !== undefined) words.push(...keyArguments(endpoint.keyPath).map((word) => word.replaceAll('%', '%%')));
  if (jump.port !== undefined) words.push('-p', String(jump.port));
  if (jump.user !== undefined) words.push('-l', jump.user);
  return `${quote(...words)} -W '[%h]:%p' ${quote(jump.host)}`;
}
