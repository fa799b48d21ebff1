import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, chmod, copyFile, mkdir, mkdtemp, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { Context } from 'mocha';

import { skip } from './skip.js';

const run = promisify(execFile);
const binary = '/usr/sbin/sshd';
const privilegeFolder = '/run/sshd';

export const me = userInfo().username;

/** Why no real SSH server can be started here; undefined when one can. */
export function sshdMissing(): string | undefined {
  return existsSync(binary) ? undefined : 'sshd is not installed (Debian: openssh-server)';
}

/** Skips what needs a real SSH server where none can be started. @param context the `this` of a test or hook */
export function needSshd(context: Context): void {
  const reason = sshdMissing();
  if (reason !== undefined) skip(context, reason);
}

/** Folders, keys and servers of one suite, all gone after `clean`. */
export interface Workshop {
  readonly folder: string;
  /** HOME of the person under test, with an empty `.ssh`. */
  readonly home: string;
  /** Makes a key pair with ssh-keygen and returns the private key's path. */
  key(name: string, options?: { type?: string; passphrase?: string; format?: string }): Promise<string>;
  sshd(options?: SshdOptions): Promise<Sshd>;
  agent(...keys: string[]): Promise<string>;
  clean(): Promise<void>;
}

export interface SshdOptions {
  /** Public keys' private paths that may log in. */
  readonly authorized?: readonly string[];
  /** Private host keys; default one ed25519. */
  readonly hostKeys?: readonly string[];
  readonly port?: number;
  readonly settings?: readonly string[];
}

export interface Sshd {
  readonly port: number;
  /** `ssh-ed25519 AAAA...` of the first host key. */
  readonly hostKey: string;
  log(): string;
  /** How often somebody logged in. */
  accepted(): number;
  /** Lets another key in. */
  authorize(key: string): Promise<void>;
  /** The process serving the only connection there is. */
  session(): Promise<number>;
  stop(): Promise<void>;
}

export async function workshop(): Promise<Workshop> {
  const folder = await mkdtemp(join(tmpdir(), 'tsm-ssh-'));
  const home = join(folder, 'home');
  await mkdir(join(home, '.ssh'), { recursive: true, mode: 0o700 });
  const children: ChildProcess[] = [];
  let madePrivilegeFolder = false;
  const make = async (
    name: string,
    { type = 'ed25519', passphrase = '', format }: { type?: string; passphrase?: string; format?: string } = {},
  ): Promise<string> => {
    const path = join(folder, name);
    await run('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', name, ...(format === undefined ? [] : ['-m', format]), '-f', path]);
    return path;
  };
  let count = 0;
  return {
    folder,
    home,
    key: make,
    async sshd(options = {}) {
      if (process.getuid?.() === 0 && !existsSync(privilegeFolder)) {
        await mkdir(privilegeFolder, { mode: 0o755 });
        madePrivilegeFolder = true;
      }
      count += 1;
      const hostKeys = options.hostKeys ?? [await make(`host-key-${count}`)];
      const port = options.port ?? (await freePort());
      const keysFile = join(folder, `authorized-${count}`);
      const publicKeys = await Promise.all((options.authorized ?? []).map((path) => readFile(`${path}.pub`, 'utf8')));
      await writeFile(keysFile, publicKeys.join(''), { mode: 0o600 });
      const configFile = join(folder, `sshd-${count}.conf`);
      await writeFile(
        configFile,
        [
          `Port ${port}`,
          'ListenAddress 127.0.0.1',
          'PidFile none',
          'UsePAM no',
          'StrictModes no',
          'LogLevel VERBOSE',
          'PermitRootLogin yes',
          'PasswordAuthentication no',
          'KbdInteractiveAuthentication no',
          `AuthorizedKeysFile ${keysFile}`,
          'PrintMotd no',
          ...hostKeys.map((path) => `HostKey ${path}`),
          ...(options.settings ?? []),
          '',
        ].join('\n'),
      );
      const child = spawn(binary, ['-D', '-e', '-f', configFile], { stdio: ['ignore', 'ignore', 'pipe'] });
      children.push(child);
      let log = '';
      await new Promise<void>((resolve, reject) => {
        child.stderr.on('data', (data: Buffer) => {
          log += data.toString();
          if (log.includes('Server listening on')) resolve();
        });
        child.once('exit', () => {
          reject(new Error(`sshd ended: ${log}`));
        });
      });
      return {
        port,
        hostKey: (await readFile(`${hostKeys[0] ?? ''}.pub`, 'utf8')).split(' ').slice(0, 2).join(' '),
        log: () => log,
        accepted: () => log.match(/^Accepted publickey for /gm)?.length ?? 0,
        authorize: async (path) => {
          await appendFile(keysFile, await readFile(`${path}.pub`));
        },
        session: async () => Number((await run('pgrep', ['-P', String(child.pid)])).stdout.trim().split('\n')[0]),
        stop: () => end(child),
      };
    },
    async agent(...keys) {
      const socket = join(folder, `agent-${(count += 1)}.sock`);
      const child = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'inherit'] });
      children.push(child);
      await new Promise((resolve) => {
        child.stdout.once('data', resolve);
      });
      const ask = join(folder, 'askpass');
      await writeFile(ask, '#!/bin/sh\necho "$TSM_TEST_PASSPHRASE"\n', { mode: 0o700 });
      for (const key of keys) {
        await run('ssh-add', ['-q', key], {
          env: {
            ...process.env,
            SSH_AUTH_SOCK: socket,
            SSH_ASKPASS: ask,
            SSH_ASKPASS_REQUIRE: 'force',
            TSM_TEST_PASSPHRASE: 'open sesame',
          },
        });
      }
      return socket;
    },
    async clean() {
      for (const child of children) await end(child);
      await rm(folder, { recursive: true, force: true });
      if (madePrivilegeFolder) await rmdir(privilegeFolder).catch(() => undefined); // another suite's server may have come meanwhile
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => {
    child.once('exit', resolve);
  });
  child.kill();
  await gone;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

/** A copy of a private key without its `.pub`. */
export async function copyKey(from: string, to: string, mode = 0o600): Promise<string> {
  await copyFile(from, to);
  await chmod(to, mode);
  return to;
}
