import type { SshEndpoint } from '../../base/shell.js';

import { endpointSettings, sshSettings, type Trust } from './system-client.js';
import { configArguments } from './user-config.js';

/** A path on a machine, as rsync and sshfs need it. */
export interface RemoteTarget {
  readonly endpoint: SshEndpoint;
  readonly trust: Trust;
  readonly path: string;
}

export interface RsyncOptions {
  readonly recursive?: boolean;
  readonly quiet?: boolean;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * The arguments that make rsync copy between this computer and a machine over ssh, with tsmachine's own ssh settings. A file that is
 * interrupted is kept in a folder of its own, and the next run continues it.
 */
export function rsyncArguments(
  from: readonly (string | RemoteTarget)[],
  to: string | RemoteTarget,
  { recursive, quiet, env }: RsyncOptions,
): string[] {
  const remote = [...from, to].find((side) => typeof side !== 'string');
  const shell = remote === undefined ? [] : ['-e', rsyncShell(remote, env)];
  return [
    ...(quiet ? ['-q'] : ['--progress']),
    // keep links, modes and times; do not let the remote shell interpret names
    ...['-lpts', '--partial-dir=.rsync-partial'],
    ...shell,
    ...(recursive ? ['-r'] : []),
    '--',
    ...[...from, to].map((side) => (typeof side === 'string' ? localWord(side) : `${login(side.endpoint)}:${side.path}`)),
  ];
}

/** The value of rsync's --rsh. */
function rsyncShell({ endpoint, trust }: RemoteTarget, env: NodeJS.ProcessEnv): string {
  const settings = [...sshSettings(endpoint, trust), ...endpointSettings(endpoint)];
  const words = ['ssh', ...configArguments(env), ...settings.flatMap((setting) => ['-o', setting])];
  return words.map(rsyncQuote).join(' ');
}

/** rsync's own quoting, which is not the shell's: it splits --rsh at spaces, and a quote inside quotes is doubled (rsync(1)). */
function rsyncQuote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "''")}'`;
}

/** The arguments that make sshfs mount a machine's folder here, with the machine's host key pinned. */
export function sshfsArguments({ endpoint, trust, path }: RemoteTarget, mountpoint: string, env: NodeJS.ProcessEnv): string[] {
  const settings = [...sshSettings(endpoint, trust), ...endpointSettings(endpoint)];
  const accepted = settings.filter((setting) => !setting.startsWith('HashKnownHosts=')); // sshfs rejects ssh settings that it does not know
  return [
    ...configArguments(env),
    ...accepted.flatMap((setting) => ['-o', fuseQuote(setting)]),
    `${login(endpoint)}:${path}`,
    localWord(mountpoint),
  ];
}

/** libfuse splits a list of options at its commas (fuse_opt_parse). */
function fuseQuote(setting: string): string {
  return setting.replace(/[\\,]/g, '\\$&');
}

function login({ user, host }: SshEndpoint): string {
  return `${user}@${host.includes(':') ? `[${host}]` : host}`;
}

/** A local path, changed where a program would take it for a flag, or rsync for a remote host. */
export function localWord(path: string): string {
  return /^-|^[^/]*:/.test(path) && !/^[A-Za-z]:[\\/]/.test(path) ? `./${path}` : path;
}
