import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { devNull, homedir, userInfo } from 'node:os';
import { join } from 'node:path';

import { errorText, systemCode } from '../../base/errors.js';
import type { Io } from '../../base/io.js';

/** The settings of the user's `~/.ssh/config` for a host, as far as tsmachine uses them. */
export interface HostSettings {
  readonly hostname: string;
  readonly user: string | undefined;
  readonly port: number | undefined;
  /** In order; ssh's own defaults when the file sets none. */
  readonly identityFiles: readonly string[];
  readonly identitiesOnly: boolean;
  /** A socket path, `none`, `SSH_AUTH_SOCK` or `$VARIABLE`. */
  readonly identityAgent: string | undefined;
  readonly proxyJump: readonly string[];
  readonly proxyCommand: string | undefined;
  readonly hostKeyAlias: string | undefined;
}

export interface HostSettingsQuery {
  readonly user?: string | undefined;
  readonly port?: number | undefined;
  readonly io: Io;
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
}

/** The user's `.ssh` folder, found by HOME like everything else in tsmachine. */
export function sshFolder(env: NodeJS.ProcessEnv): string {
  return join(env['HOME'] ?? homedir(), '.ssh');
}

/** `-F FILE` when HOME differs from the home folder of the user database, which is the only one ssh looks at. */
export function configArguments(env: NodeJS.ProcessEnv): string[] {
  const home = env['HOME'];
  if (home === undefined || home === systemHome()) return [];
  const file = join(home, '.ssh', 'config');
  return ['-F', existsSync(file) ? file : devNull]; // ssh refuses a missing file
}

function systemHome(): string | undefined {
  try {
    return userInfo().homedir;
  } catch {
    return undefined; // a user id without an entry in passwd, as in many containers
  }
}

/**
 * Asks `ssh -G` about a host, so that patterns, `Match` and `Include` mean what they mean to ssh.
 * @returns undefined when there is no `~/.ssh/config` (no program is run then) or when ssh is not installed.
 */
export async function readHostSettings(host: string, options: HostSettingsQuery): Promise<HostSettings | undefined> {
  if (!(await exists(join(sshFolder(options.env), 'config')))) return undefined;
  const args = ['-G', ...configArguments(options.env)];
  if (options.user !== undefined) args.push('-l', options.user);
  if (options.port !== undefined) args.push('-p', String(options.port));
  return new Promise((resolve, reject) => {
    const limits = { timeout: 5000, signal: options.signal, env: options.env, encoding: 'utf8', windowsHide: true } as const;
    execFile('ssh', [...args, '--', host], limits, (error, stdout, stderr) => {
      if (error === null) {
        resolve(parseSettings(host, stdout));
        return;
      }
      if (options.signal.aborted) {
        reject(options.signal.reason as Error);
        return;
      }
      if (systemCode(error) !== 'ENOENT') {
        options.io.warn(`Your ssh configuration is ignored for ${host}: ${stderr.trim().split('\n')[0] ?? errorText(error)}`);
      }
      resolve(undefined);
    });
  });
}

/** Parses the output of `ssh -G`: one lower-case keyword and its value per line. */
export function parseSettings(host: string, text: string): HostSettings {
  const values = new Map<string, string[]>();
  for (const line of text.split(/\r?\n/)) {
    const space = line.indexOf(' ');
    if (space < 0) continue;
    const key = line.slice(0, space);
    values.set(key, [...(values.get(key) ?? []), line.slice(space + 1)]);
  }
  const one = (key: string): string | undefined => {
    const value = values.get(key)?.[0];
    return value === 'none' || value === '' ? undefined : value;
  };
  const port = Number(one('port'));
  return {
    hostname: one('hostname') ?? host,
    user: one('user'),
    port: Number.isInteger(port) && port > 0 ? port : undefined,
    identityFiles: (values.get('identityfile') ?? []).filter((file) => file !== 'none'),
    identitiesOnly: one('identitiesonly') === 'yes',
    identityAgent: values.get('identityagent')?.[0],
    proxyJump: one('proxyjump')?.split(',') ?? [],
    proxyCommand: one('proxycommand'),
    hostKeyAlias: one('hostkeyalias'),
  };
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}
