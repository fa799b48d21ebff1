import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { devNull } from 'node:os';
import { join } from 'node:path';

import { errorText, systemCode } from '../../base/errors.js';
import type { Io } from '../../base/io.js';
import { parseJump } from '../../base/ssh/jump-host.js';
import type { SshEndpoint } from '../../base/shell.js';

import { commandLine, reporting } from '../../system/calls.js';
import { readHostKeys } from '../trust/known-hosts.js';
import { connectTimeoutSetting, sshTimeouts } from '../timeouts.js';
import { notInstalled, sshArguments, type Trust } from './system-client.js';
import { makeTemporaryFolder, removeAbandonedFolders } from './temporary-folder.js';
import { configArguments } from './user-config.js';

/** Milliseconds for the short calls to the process that holds the login. */
const controlTimeout = 5000;
/** Seconds after which a login that runs no command ends by itself, in case this program could not end it. */
const idle = 120;

/** The socket of a shared login. */
const socketIn = (folder: string) => join(folder, 's');

export interface SharedLoginOptions extends Trust {
  readonly io: Io;
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
}

/** A login by the system's ssh that any number of commands share (ssh_config(5), ControlMaster). */
export interface SharedLogin {
  /** The arguments that make ssh run `command` over the shared login and never log in by itself. */
  commandArguments(command: string): string[];
  /** As `commandArguments`, for a subsystem such as `sftp`. */
  subsystemArguments(name: string): string[];
  /** As `commandArguments`, for a stream to a port as the host sees it. */
  forwardArguments(host: string, port: number): string[];
  readonly env: NodeJS.ProcessEnv;
  /** Whether the connection is still open. */
  alive(): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Logs in with the system's ssh without asking anybody anything. Its ciphers and its loop are several times as fast as ssh2's.
 * @returns undefined where that does not work: no ssh here, Windows, a host key that is not known yet, a passphrase to ask for, or any
 * other failure. The built-in client then tries, and its error gives the reason.
 * @throws the signal's reason when aborted
 */
export async function shareLogin(endpoint: SshEndpoint, options: SharedLoginOptions): Promise<SharedLogin | undefined> {
  if (process.platform === 'win32' || !(await isKnown(endpoint, options))) return undefined;
  const login = await openSharedLogin(endpoint, options, sshTimeouts.sharedLogin);
  if (typeof login !== 'string') return login;
  options.io.debug(`The system's ssh cannot log in to ${options.machine}, using the built-in client instead: ${login}`);
  return undefined;
}

/**
 * As `shareLogin`, for a host whose key is pinned.
 * @param timeout milliseconds for the whole login
 * @returns why it failed, as ssh says it, where it does
 * @throws the signal's reason when aborted
 */
export async function openSharedLogin(endpoint: SshEndpoint, options: SharedLoginOptions, timeout: number): Promise<SharedLogin | string> {
  if (process.platform === 'win32') return separateLogins(endpoint, options, timeout);
  const { signal, env } = options;
  // no questions, not even in a window
  const quietly = { ...env, SSH_ASKPASS_REQUIRE: 'never' };
  await removeAbandonedFolders((folder) => endLogin(socketIn(folder), quietly));
  const folder = await makeTemporaryFolder();
  const control = socketIn(folder);
  const refused = await call([...configArguments(env), ...loginArguments(endpoint, options, control)], quietly, timeout, signal);
  if (refused === undefined) return sharedLogin(folder, control, quietly);
  await rm(folder, { recursive: true, force: true });
  signal.throwIfAborted();
  return refused;
}

/**
 * The same without a shared connection, which ssh cannot make on Windows: each command logs in for itself.
 * @param timeout milliseconds for the login that tries whether it works
 * @returns why it does not, as ssh says it
 */
export async function separateLogins(endpoint: SshEndpoint, options: SharedLoginOptions, timeout: number): Promise<SharedLogin | string> {
  const { signal, env } = options;
  const settings = [...quietSettings, connectTimeoutSetting(sshTimeouts.sharedConnect)].flatMap((setting) => ['-o', setting]);
  const login = [...configArguments(env), '-T', ...settings, ...sshArguments(endpoint, options)];
  const tried = () => call([...login, 'exit'], env, timeout, signal);
  const refused = await tried();
  signal.throwIfAborted();
  if (refused !== undefined) return refused;
  return {
    commandArguments: (command) => [...login, command],
    subsystemArguments: (name) => [...login, '-s', name],
    forwardArguments: (host, port) => [...login, '-W', forwardTarget(host, port)],
    env,
    alive: async () => (await tried()) === undefined,
    close: () => Promise.resolve(),
  };
}

function forwardTarget(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function sharedLogin(folder: string, control: string, env: NodeJS.ProcessEnv): SharedLogin {
  const shared = controlArguments(control);
  return {
    commandArguments: (command) => [...shared, 'machine', command],
    subsystemArguments: (name) => [...shared, '-s', 'machine', name],
    forwardArguments: (host, port) => [...shared, '-W', forwardTarget(host, port), 'machine'],
    env,
    alive: async () => (await call([...shared, '-O', 'check', 'machine'], env, controlTimeout)) === undefined,
    async close() {
      await endLogin(control, env);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Fails harmlessly when the login is already gone. */
async function endLogin(control: string, env: NodeJS.ProcessEnv): Promise<void> {
  await call([...controlArguments(control), '-O', 'exit', 'machine'], env, controlTimeout);
}

/**
 * Only the built-in client accepts new host keys, because it reports them; the system's ssh is used with known keys only, jump hosts
 * included.
 */
async function isKnown(endpoint: SshEndpoint, { machine, knownHostsFile }: SharedLoginOptions): Promise<boolean> {
  const jumps = (endpoint.jump ?? []).map((text) => parseJump(text));
  for (const address of [{ host: machine }, ...jumps]) if ((await readHostKeys(knownHostsFile, address)).length === 0) return false;
  return true;
}

/** Nobody is asked, a host that is gone is noticed, and nothing of the user's configuration runs along. */
const quietSettings = [
  'BatchMode=yes',
  'ServerAliveInterval=5',
  'ServerAliveCountMax=3',
  'ClearAllForwardings=yes',
  'ForwardAgent=no',
  'ForwardX11=no',
  'PermitLocalCommand=no',
  'RemoteCommand=none',
];

/** ssh uses the first value of a setting, so these come before the settings that every ssh gets. */
export function loginArguments(endpoint: SshEndpoint, trust: Trust, control: string, machineCode: string = process.arch): string[] {
  const settings = [
    ...quietSettings,
    connectTimeoutSetting(sshTimeouts.sharedConnect),
    `ControlPersist=${idle}`,
    // x64 processors have AES instructions; elsewhere ssh's own default is better
    ...(machineCode === 'x64' ? ['Ciphers=^aes128-gcm@openssh.com'] : []),
  ];
  const flags = ['-M', '-N', '-f', '-T', '-S', control.replaceAll('%', '%%')];
  return [...flags, ...settings.flatMap((setting) => ['-o', setting]), ...sshArguments(endpoint, trust)];
}

/** No configuration file is read, and when the login is gone nothing else is tried. */
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

/** Runs ssh to its end. @returns why it failed; undefined when it succeeded */
function call(args: readonly string[], env: NodeJS.ProcessEnv, timeout: number, signal?: AbortSignal): Promise<string | undefined> {
  return reporting(
    `run: ${commandLine('ssh', args)}`,
    () => runSsh(args, env, timeout, signal),
    (why) => why ?? 'exit status 0',
  );
}

function runSsh(args: readonly string[], env: NodeJS.ProcessEnv, timeout: number, signal?: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    // in its own process group: Ctrl-C in the terminal would end the login before the work that uses it has cleaned up
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
    const finish = (why: string | undefined): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      child.stderr.destroy(); // the background login may keep the other end open
      resolve(why);
    };
    child.once('error', (error) => {
      finish(systemCode(error) === 'ENOENT' ? notInstalled : errorText(error));
    });
    child.once('exit', (code) => {
      finish(code === 0 ? undefined : complaint.trim() || `exit status ${code ?? 'none'}`);
    });
    if (signal?.aborted === true) stop();
  });
}
