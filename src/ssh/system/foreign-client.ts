import type { SshEndpoint } from '../../base/shell.js';

import { endpointSettings, isPinned, sshSettings, type Trust } from './system-client.js';
import { configArguments } from './user-config.js';

/** A folder on a machine, as rsync and sshfs are given it. */
export interface RemoteTarget {
  readonly endpoint: SshEndpoint;
  readonly trust: Trust;
  readonly path: string;
}

export interface DeltaOptions {
  readonly recursive?: boolean;
  readonly quiet?: boolean;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * The arguments that make rsync copy between this computer and a machine over ssh as tsmachine runs it. What is interrupted lies in a
 * folder of its own until the next run goes on with it.
 */
export async function rsyncArguments(
  from: string | RemoteTarget,
  to: string | RemoteTarget,
  { recursive, quiet, env }: DeltaOptions,
): Promise<string[]> {
  const remote = [from, to].find((side) => typeof side !== 'string');
  const shell = remote === undefined ? [] : ['-e', await rsyncShell(remote, env)];
  return [
    ...(quiet ? ['-q'] : ['--progress']),
    // links, modes and times as they are; names are not for the shell over there
    ...['-lpts', '--partial-dir=.rsync-partial'],
    ...shell,
    ...(recursive ? ['-r'] : []),
    '--',
    ...[from, to].map((side) => (typeof side === 'string' ? localWord(side) : `${login(side.endpoint)}:${side.path}`)),
  ];
}

/** rsync splits this at blanks and knows quotes; a quote inside quotes is doubled (rsync(1), --rsh). */
async function rsyncShell({ endpoint, trust }: RemoteTarget, env: NodeJS.ProcessEnv): Promise<string> {
  const settings = [...sshSettings(endpoint, trust, await isPinned(endpoint, trust, env)), ...endpointSettings(endpoint)];
  const words = ['ssh', ...configArguments(env), ...settings.flatMap((setting) => ['-o', setting])];
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "''")}'`)).join(' ');
}

/** The arguments that make sshfs mount a machine's folder here, with the machine's key pinned (spec 2.11). */
export async function sshfsArguments(
  { endpoint, trust, path }: RemoteTarget,
  mountpoint: string,
  env: NodeJS.ProcessEnv,
): Promise<string[]> {
  const settings = [...sshSettings(endpoint, trust, await isPinned(endpoint, trust, env)), ...endpointSettings(endpoint)];
  const taken = settings.filter((setting) => !setting.startsWith('HashKnownHosts=')); // sshfs passes on only what its own list has
  return [...configArguments(env), ...taken.flatMap((setting) => ['-o', fuseWord(setting)]), `${login(endpoint)}:${path}`, mountpoint];
}

/** fuse takes a list of options apart at its commas (fuse_opt_parse). */
function fuseWord(setting: string): string {
  return setting.replace(/[\\,]/g, '\\$&');
}

function login({ user, host }: SshEndpoint): string {
  return `${user}@${host.includes(':') ? `[${host}]` : host}`;
}

/** A local path that rsync takes neither for a flag nor for a machine. */
function localWord(path: string): string {
  return /^-|^[^/]*:/.test(path) && !/^[A-Za-z]:[\\/]/.test(path) ? `./${path}` : path;
}
