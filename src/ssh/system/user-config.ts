import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { devNull, homedir, userInfo } from 'node:os';
import { basename, join } from 'node:path';

import { errorText, systemCode } from '../../base/errors.js';
import type { Io } from '../../base/io.js';

import { makeTemporaryFolder } from './temporary-folder.js';
import { expandPath, expandTokens, localUser, type TokenValues } from './tokens.js';

/** The user's ssh settings for a host, as far as tsmachine uses them: tokens and `~` are expanded. */
export interface HostSettings {
  /** What HostName makes of the name. */
  readonly hostname: string;
  readonly user: string | undefined;
  readonly port: number | undefined;
  /** In order; ssh's own defaults when the file sets none. */
  readonly identityFiles: readonly string[];
  readonly certificateFiles: readonly string[];
  readonly identitiesOnly: boolean;
  /** A socket path, `none`, `SSH_AUTH_SOCK` or `$VARIABLE`. */
  readonly identityAgent: string | undefined;
  readonly proxyJump: readonly string[];
  /** The command line for a shell. */
  readonly proxyCommand: string | undefined;
  readonly hostKeyAlias: string | undefined;
  /** The user's known-hosts files, then those of the computer. */
  readonly knownHosts: readonly string[];
  /** Whether a host key that is not known is refused (`yes`), and whether one is compared at all (`no`). */
  readonly strictHostKeys: 'yes' | 'no' | 'ask';
  readonly addressFamily: 4 | 6 | undefined;
  readonly bindAddress: string | undefined;
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

/** The known-hosts files of ssh where no configuration says otherwise. */
export function defaultKnownHosts(env: NodeJS.ProcessEnv): string[] {
  const own = ['known_hosts', 'known_hosts2'];
  return [...own.map((file) => join(sshFolder(env), file)), ...own.map((file) => `/etc/ssh/ssh_${file}`)];
}

/**
 * Asks `ssh -G` about a host, so that patterns, `Match` and `Include` mean what they mean to ssh.
 * @returns undefined when ssh is not installed or there is no configuration at all
 * @throws the signal's reason when aborted
 */
export async function readHostSettings(host: string, query: HostSettingsQuery): Promise<HostSettings | undefined> {
  const { user, port, env } = query;
  const config = configArguments(env);
  if (config.includes(devNull)) return undefined;
  const login = [...(user === undefined ? [] : ['-l', user]), ...(port === undefined ? [] : ['-p', String(port)])];
  const text = await askSsh([...config, ...login, '--', host], host, query);
  return text === undefined ? undefined : parseSettings(host, text, env);
}

/** A word that is nobody's login. */
const nobody = 'tsmachine-nobody-said';

/**
 * The `User` that the user's configuration gives for a host. `ssh -G` alone does not tell: without one it prints the name of the user who
 * runs it.
 */
export async function configuredUser(host: string, query: HostSettingsQuery): Promise<string | undefined> {
  const [, own = join(sshFolder(query.env), 'config')] = configArguments(query.env);
  const files = own === devNull ? [] : query.env['HOME'] === systemHome() ? [own, '/etc/ssh/ssh_config'] : [own];
  const folder = await makeTemporaryFolder();
  try {
    const file = join(folder, 'config');
    await writeFile(
      file,
      [...files.map((name) => `Include "${name.replaceAll('\\', '/')}"`), 'Match all', `User ${nobody}`, ''].join('\n'),
    );
    const text = await askSsh(['-F', file, '--', host], host, query);
    const user = text === undefined ? undefined : parseSettings(host, text, query.env).user;
    return user === nobody ? undefined : user;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What `ssh -G` prints; undefined, with a warning, when it refuses. */
async function askSsh(args: readonly string[], host: string, { io, signal, env }: HostSettingsQuery): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const limits = { timeout: 5000, signal, env, encoding: 'utf8', windowsHide: true } as const;
    execFile('ssh', ['-G', ...args], limits, (error, stdout, stderr) => {
      if (error === null) {
        resolve(stdout);
        return;
      }
      if (signal.aborted) {
        reject(signal.reason as Error);
        return;
      }
      if (systemCode(error) !== 'ENOENT') {
        io.warn(`Your ssh configuration is ignored for ${host}: ${stderr.trim().split('\n')[0] ?? errorText(error)}`);
      }
      resolve(undefined);
    });
  });
}

/** Parses the output of `ssh -G`: one lower-case keyword and its value per line. */
export function parseSettings(host: string, text: string, env: NodeJS.ProcessEnv): HostSettings {
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
  const jump = one('proxyjump');
  const named: TokenValues = {
    name: host,
    host: one('hostname') ?? host,
    port: Number.isInteger(port) && port > 0 ? port : 22,
    user: one('user') ?? localUser(),
    jump: jump ?? '',
    alias: one('hostkeyalias'),
    env,
  };
  const files = (key: string): string[] => (values.get(key) ?? []).filter((file) => file !== 'none').map((file) => expandPath(file, named));
  const lists = (key: string): string[] => splitPaths(one(key) ?? '').map((file) => expandPath(file, named));
  const proxyCommand = one('proxycommand');
  const agent = values.get('identityagent')?.[0];
  const strict = one('stricthostkeychecking') ?? '';
  const family = one('addressfamily');
  return {
    hostname: named.host,
    user: one('user'),
    port: Number.isInteger(port) && port > 0 ? port : undefined,
    identityFiles: files('identityfile'),
    certificateFiles: files('certificatefile'),
    identitiesOnly: one('identitiesonly') === 'yes',
    identityAgent: agent === undefined || agent.startsWith('$') ? agent : expandPath(agent, named),
    proxyJump: jump?.split(',') ?? [],
    proxyCommand: proxyCommand === undefined ? undefined : expandTokens(proxyCommand, named),
    hostKeyAlias: named.alias,
    knownHosts: [...lists('userknownhostsfile'), ...lists('globalknownhostsfile')].map((file) => inHome(file, env)),
    // `ssh -G` prints true and false for yes and no
    strictHostKeys: /^(yes|true)$/.test(strict) ? 'yes' : /^(no|off|false)$/.test(strict) ? 'no' : 'ask',
    addressFamily: family === 'inet' ? 4 : family === 'inet6' ? 6 : undefined,
    bindAddress: one('bindaddress'),
  };
}

/** ssh's default files lie in the home folder of the user database, ours in HOME. */
function inHome(file: string, env: NodeJS.ProcessEnv): string {
  const home = systemHome();
  const name = basename(file);
  return home !== undefined && /^known_hosts2?$/.test(name) && file === join(home, '.ssh', name) ? join(sshFolder(env), name) : file;
}

/** `ssh -G` prints a list of paths in one line, unquoted: a path begins where what looks like a beginning follows a blank. */
function splitPaths(text: string): string[] {
  return text.split(/ (?=[/~%$]|[A-Za-z]:[\\/]|__PROGRAMDATA__)/).filter((path) => path !== '' && path !== 'none');
}
