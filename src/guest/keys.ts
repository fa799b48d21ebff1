import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { newEd25519 } from '../system/ed25519.js';
import { makePrivateDir, readIfExists, writeAtomic } from '../system/files/atomic.js';
import { guestFiles, publicKeyOf, type GuestHostKey, type GuestKeys } from '../base/guest.js';

/** Creates missing keys in the machine's folder and pins the host key in its known_hosts; existing keys are kept. */
export async function ensureGuestKeys(machineDir: string, machineName: string): Promise<GuestKeys> {
  await makePrivateDir(machineDir);
  const loginKeyPath = join(machineDir, guestFiles.loginKey);
  const login = await ensurePair(loginKeyPath, `tsmachine-${machineName}`);
  const hostKey = await ensurePair(join(machineDir, guestFiles.hostKey), machineName);
  // A host key that is being changed may be in use already: the host was cut off before it could say so.
  const next = await readPair(join(machineDir, guestFiles.nextHostKey));
  await pin(machineDir, machineName, next === undefined ? [hostKey] : [hostKey, next]);
  return { loginKeyPath, loginPublic: login.public.trim(), hostKey };
}

/** Keys as `ensureGuestKeys` would make them, which are written nowhere. */
export function trialKeys(machineDir: string, machineName: string): GuestKeys {
  const loginPublic = newEd25519(`tsmachine-${machineName}`).public.trim();
  return { loginKeyPath: join(machineDir, guestFiles.loginKey), loginPublic, hostKey: newEd25519(machineName) };
}

/** Makes the host key that follows the present one, or finds the one that an interrupted run made, and pins both. */
export async function prepareNextHostKey(machineDir: string, machineName: string): Promise<GuestHostKey> {
  const next = await ensurePair(join(machineDir, guestFiles.nextHostKey), machineName);
  await ensureGuestKeys(machineDir, machineName);
  return next;
}

/** Pins the next host key alone. Until `adoptNextHostKey`, `ensureGuestKeys` pins both again. */
export async function pinNextHostKey(machineDir: string, machineName: string): Promise<void> {
  const next = await readPair(join(machineDir, guestFiles.nextHostKey));
  if (next !== undefined) await pin(machineDir, machineName, [next]);
}

/** Makes the next host key the present one. The next one's files go last: cut off before that, all of it is done again. */
export async function adoptNextHostKey(machineDir: string, machineName: string): Promise<void> {
  const nextPath = join(machineDir, guestFiles.nextHostKey);
  const next = await readPair(nextPath);
  if (next === undefined) return;
  await writePair(join(machineDir, guestFiles.hostKey), next);
  await pin(machineDir, machineName, [next]);
  await rm(nextPath, { force: true });
  await rm(publicKeyOf(nextPath), { force: true });
}

/** Notes that the host key goes into user data that others can read. `renewHostKey` takes the note away. */
export async function noteHostKeyExposed(machineDir: string): Promise<void> {
  await writeAtomic(join(machineDir, guestFiles.exposedHostKey), '', 0o600);
}

export async function isHostKeyExposed(machineDir: string): Promise<boolean> {
  return (await readIfExists(join(machineDir, guestFiles.exposedHostKey))) !== undefined;
}

export async function forgetHostKeyExposed(machineDir: string): Promise<void> {
  await rm(join(machineDir, guestFiles.exposedHostKey), { force: true });
}

async function ensurePair(path: string, comment: string): Promise<GuestHostKey> {
  const present = await readPair(path);
  if (present !== undefined) return present;
  const pair = newEd25519(comment);
  await writePair(path, pair);
  return pair;
}

async function readPair(path: string): Promise<GuestHostKey | undefined> {
  const [privateText, publicText] = await Promise.all([readIfExists(path), readIfExists(publicKeyOf(path))]);
  return privateText === undefined || publicText === undefined ? undefined : { private: privateText, public: publicText };
}

/** The private half is written last: a pair is complete once it exists. */
async function writePair(path: string, pair: GuestHostKey): Promise<void> {
  await writeAtomic(publicKeyOf(path), pair.public, 0o644);
  await writeAtomic(path, pair.private, 0o600);
}

/** Pins the keys under the machine's name (sshd(8)), which stays the same when its address or port changes. */
async function pin(machineDir: string, machineName: string, keys: readonly GuestHostKey[]): Promise<void> {
  const file = join(machineDir, guestFiles.knownHosts);
  const lines = keys.map((hostKey) => {
    const [type = '', key = ''] = hostKey.public.trim().split(/\s+/);
    return `${machineName.toLowerCase()} ${type} ${key}\n`;
  });
  const text = [...new Set(lines)].join('');
  if ((await readIfExists(file)) !== text) await writeAtomic(file, text, 0o600);
}
