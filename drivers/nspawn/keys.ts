import { existsSync } from 'node:fs';
import { chmod, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { DriverContext } from '../../src/driver/contract.js';
import type { Computer } from './api.js';

/** The machine's two key pairs: ours to log in with, and its own host key, known before its first boot. */
export interface Keys {
  readonly loginPublic: string;
  readonly hostPrivate: string;
  readonly hostPublic: string;
}

/** Makes the keys that are missing; a key that is there is kept. The host key lies in the machine's private folder. */
export async function ensureKeys(ctx: DriverContext, computer: Computer): Promise<Keys> {
  const login = join(ctx.machineDir, 'id_ed25519');
  const host = join(ctx.machineDir, 'ssh_host_ed25519_key');
  await generate(login, ctx.machineName, computer);
  await generate(host, '', computer);
  const [loginPublic, hostPrivate, hostPublic] = await Promise.all(
    [`${login}.pub`, host, `${host}.pub`].map((path) => readFile(path, 'utf8')),
  );
  return { loginPublic: loginPublic ?? '', hostPrivate: hostPrivate ?? '', hostPublic: hostPublic ?? '' };
}

/** A pair counts once its public half is in place, which comes last. */
async function generate(path: string, comment: string, computer: Computer): Promise<void> {
  if (existsSync(path) && existsSync(`${path}.pub`)) return;
  const unfinished = `${path}.new`;
  for (const file of [unfinished, `${unfinished}.pub`]) await rm(file, { force: true });
  await computer.run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', unfinished]);
  await chmod(unfinished, 0o600);
  await rename(unfinished, path);
  await chmod(`${unfinished}.pub`, 0o600);
  await rename(`${unfinished}.pub`, `${path}.pub`);
}

/** Pins the host key in the machine's own known_hosts (sshd(8)), under its name, which outlives a change of address, and its address. */
export async function pinHostKey(ctx: DriverContext, keys: Keys, ip: string): Promise<void> {
  const file = join(ctx.machineDir, 'known_hosts');
  const [type = '', key = ''] = keys.hostPublic.trim().split(/\s+/);
  const text = [ctx.machineName.toLowerCase(), ip].map((host) => `${host} ${type} ${key}\n`).join('');
  if (existsSync(file) && (await readFile(file, 'utf8')) === text) return;
  const unfinished = `${file}.new`;
  await writeFile(unfinished, text, { mode: 0o600 });
  await chmod(unfinished, 0o600);
  await rename(unfinished, file);
}
