import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';

import { errorText, systemCode } from '../../base/errors.js';
import type { Io } from '../../base/io.js';
import type { SshEndpoint } from '../../base/shell.js';

import { findHostKeys } from '../trust/known-hosts.js';
import { parseJump } from '../dial/route.js';
import { isPinned, sshArguments, type Trust } from './system-client.js';
import { configArguments } from './user-config.js';

/** Milliseconds for the login, and for the short calls to the process that holds it. */
const loginTimeout = 8000;
const shortTimeout = 5000;
/** Seconds that a login without a command is kept when nobody is left to end it. */
const idle = 120;

export interface SharedLoginOptions extends Trust {
  readonly io: Io;
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
}

/** A login by the system's ssh that any number of commands share (ssh_config(5), ControlMaster). */
export interface SharedLogin {
  /** The arguments of an ssh that runs `command` over the login, and never logs in by itself. */
  commandArguments(command: string): string[];
  readonly env: NodeJS.ProcessEnv;
  /** Whether the connection still stands. */
  alive(): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Logs in by the system's ssh, which nobody has to be asked for anything. Its cipher and its loop are several times as fast as ours.
 * @returns undefined where that does not work: no ssh here, Windows, a key nobody has vouched for yet, a passphrase to be asked, any
 * failure. The built-in client tells the reason better. @throws the signal's reason when aborted
 */
export async function shareLogin(endpoint: SshEndpoint, options: SharedLoginOptions): Promise<SharedLogin | undefined> {
  const { io, signal, env } = options;
  if (process.platform === 'win32' || !(await isKnown(endpoint, options))) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'tsm-'));
  const control = join(folder, 's');
  // nobody is asked, not in a window either
  const quietly = { ...env, SSH_ASKPASS_REQUIRE: 'never' };
  const refused = await call([...configArguments(env), ...loginArguments(endpoint, options, control)], quietly, loginTimeout, signal);
  if (refused === undefined) return sharedLogin(folder, control, quietly);
  await rm(folder, { recursive: true, force: true });
  signal.throwIfAborted();
  io.debug(`The system's ssh does not log in on ${options.machine}, the built-in client takes over: ${refused}`);
  return undefined;
}

function sharedLogin(folder: string, control: string, env: NodeJS.ProcessEnv): SharedLogin {
  return {
    commandArguments: (command) => [...controlArguments(control), 'machine', command],
    env,
    alive: async () => (await call([...controlArguments(control), '-O', 'check', 'machine'], env, shortTimeout)) === undefined,
    async close() {
      await call([...controlArguments(control), '-O', 'exit', 'machine'], env, shortTimeout); // one that is gone has nothing to end
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The built-in client takes new keys, with the line that says so; the system's gets only known ones, of the jump hosts too. */
async function isKnown(endpoint: SshEndpoint, options: SharedLoginOptions): Promise<boolean> {
  for (const text of endpoint.jump ?? []) {
    const { host, port = 22 } = parseJump(text);
    if ((await findHostKeys(options.knownHostsFile, { host, port })).length === 0) return false;
  }
  return isPinned(endpoint, options, options.env);
}

/** The first value of a setting counts, so these stand before those that every ssh gets. */
export function loginArguments(endpoint: SshEndpoint, trust: Trust, control: string, machineCode: string = process.arch): string[] {
  const settings = [
    'BatchMode=yes',
    'ConnectTimeout=5',
    'ServerAliveInterval=5',
    'ServerAliveCountMax=3',
    'ClearAllForwardings=yes',
    'ForwardAgent=no',
    'ForwardX11=no',
    'PermitLocalCommand=no',
    'RemoteCommand=none',
    `ControlPersist=${idle}`,
    // processors of PCs have AES; elsewhere ssh knows better
    ...(machineCode === 'x64' ? ['Ciphers=^aes128-gcm@openssh.com'] : []),
  ];
  const flags = ['-M', '-N', '-f', '-T', '-S', control.replaceAll('%', '%%')];
  return [...flags, ...settings.flatMap((setting) => ['-o', setting]), ...sshArguments(endpoint, trust, true)];
}

/** No configuration is read, and where the login is gone nothing else is tried. */
function controlArguments(control: string): string[] {
  return [
    '-F',
    devNull,
    '-S',
    control.replaceAll('%', '%%'),
    '-T',
    '-o',
    'LogLevel=ERROR',
    '-o',
    'BatchMode=yes',
    '-o',
    'ProxyCommand=false',
  ];
}

/** Runs ssh to its end. @returns why it failed; undefined when it did not */
function call(args: readonly string[], env: NodeJS.ProcessEnv, timeout: number, signal?: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    // away from the terminal, whose Ctrl-C would end the login before what it carries is tidied up
    const child = spawn('ssh', args, { stdio: ['ignore', 'ignore', 'pipe'], env, detached: true });
    let complaint = '';
    child.stderr.on('data', (data: Buffer) => {
      complaint = (complaint + data.toString()).slice(-1000);
    });
    const stop = (): void => {
      child.kill();
    };
    const timer = setTimeout(stop, timeout);
    signal?.addEventListener('abort', stop, { once: true });
    const settle = (why: string | undefined): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      child.stderr.destroy(); // the login that stays behind may hold its other end
      resolve(why);
    };
    child.once('error', (error) => {
      settle(systemCode(error) === 'ENOENT' ? 'it is not installed' : errorText(error));
    });
    child.once('exit', (code) => {
      settle(code === 0 ? undefined : complaint.trim() || `exit status ${code ?? 'none'}`);
    });
    if (signal?.aborted === true) stop();
  });
}
