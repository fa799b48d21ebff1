import { join } from 'node:path';

import { newEd25519 } from '../system/ed25519.js';
import { makePrivateDir, readIfExists, writeAtomic } from '../system/files/atomic.js';
import type { GuestHostKey, GuestKeys } from '../base/guest.js';

/** Creates missing keys in the machine's folder and pins the host key in its known_hosts; existing keys are kept. */
export async function ensureGuestKeys(machineDir: string, machineName: string): Promise<GuestKeys> {
  await makePrivateDir(machineDir);
  const loginKeyPath = join(machineDir, 'id_ed25519');
  const login = await ensurePair(loginKeyPath, `tsmachine-${machineName}`);
  const hostKey = await ensurePair(join(machineDir, 'ssh_host_ed25519_key'), machineName);
  await pin(join(machineDir, 'known_hosts'), machineName, hostKey.public);
  return { loginKeyPath, loginPublic: login.public.trim(), hostKey };
}

/** The private half is written last: a pair is complete once it exists. */
async function ensurePair(path: string, comment: string): Promise<GuestHostKey> {
  const [privateHalf, publicHalf] = await Promise.all([readIfExists(path), readIfExists(`${path}.pub`)]);
  if (privateHalf !== undefined && publicHalf !== undefined) return { private: privateHalf, public: publicHalf };
  const pair = newEd25519(comment);
  await writeAtomic(`${path}.pub`, pair.public, 0o644);
  await writeAtomic(path, pair.private, 0o600);
  return pair;
}

/** Pins the key under the machine's name (sshd(8)), which stays the same when its address or port changes. */
async function pin(file: string, machineName: string, hostPublic: string): Promise<void> {
  const [type = '', key = ''] = hostPublic.trim().split(/\s+/);
  const text = `${machineName.toLowerCase()} ${type} ${key}\n`;
  if ((await readIfExists(file)) !== text) await writeAtomic(file, text, 0o600);
}
