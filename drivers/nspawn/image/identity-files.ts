import { randomUUID } from 'node:crypto';
import { chmod, lstat, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Computer } from '../api.js';
import { realFolder } from '../folders.js';
import { hostName } from '../identity.js';
import type { Keys } from '../keys.js';

/** Resolvers systemd-resolved knows; the address in /etc/resolv.conf is then one that only this computer can ask. */
const upstreamResolvers = '/run/systemd/resolve/resolv.conf';

/**
 * Writes into a machine's root what makes it this machine. On the first boot all of it, later only the resolvers, which may have changed.
 * @throws TsmachineError DRIVER_FAILED when a folder of the root file system is a link
 */
export async function writeIdentity(root: string, machineName: string, keys: Keys, computer: Computer): Promise<void> {
  const resolvers = await resolverText(computer);
  await replace(root, ['etc'], 'resolv.conf', resolvers, 0o644);
  if (await isWritten(root)) return;
  const name = hostName(machineName);
  await replace(root, ['etc'], 'hostname', `${name}\n`, 0o644);
  await replace(root, ['etc'], 'hosts', `127.0.0.1\tlocalhost\n127.0.1.1\t${name}\n::1\tlocalhost ip6-localhost ip6-loopback\n`, 0o644);
  await replace(root, ['etc', 'ssh'], 'ssh_host_ed25519_key', keys.hostPrivate, 0o600);
  await replace(root, ['etc', 'ssh'], 'ssh_host_ed25519_key.pub', keys.hostPublic, 0o644);
  await realFolder(root, ['root', '.ssh'], 0o700);
  await replace(root, ['root', '.ssh'], 'authorized_keys', keys.loginPublic, 0o600);
  await replace(root, ['etc'], 'machine-id', `${randomUUID().replaceAll('-', '')}\n`, 0o444); // last: it says that the rest is there
}

async function isWritten(root: string): Promise<boolean> {
  const file = join(await realFolder(root, ['etc']), 'machine-id');
  const found = await lstat(file).catch(() => undefined);
  return found?.isFile() === true && (await readFile(file, 'utf8')).trim() !== '';
}

/** Makes the file anew, never following a link: a link inside the machine could lead to a file of this computer. */
async function replace(root: string, folders: readonly string[], name: string, text: string, mode: number): Promise<void> {
  const path = join(await realFolder(root, folders), name);
  await rm(path, { recursive: true, force: true });
  await writeFile(path, text, { mode: 0o600, flag: 'wx' });
  await chmod(path, mode); // whatever the umask
}

/** The computer's resolvers, but none that only answers on the computer itself, if others are known. */
async function resolverText(computer: Computer): Promise<string> {
  const own = (await computer.read('/etc/resolv.conf')) ?? '';
  const isLocal = /^nameserver\s+(127\.|::1)/m.test(own);
  return (isLocal ? await computer.read(upstreamResolvers) : undefined) ?? own;
}
