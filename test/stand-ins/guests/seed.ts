import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a guest is told on its first boot, as far as a driver depends on it. */
export interface UserData {
  hostname: string;
  users: { name: string; ssh_authorized_keys: string[] }[];
  ssh_keys?: { ed25519_private: string; ed25519_public: string };
}

/** Reads a seed with a program of others, as a guest's kernel would. */
export function readSeed(path: string): UserData {
  const dir = mkdtempSync(join(tmpdir(), 'tsmachine-seed-'));
  try {
    execFileSync('xorriso', ['-osirrox', 'on', '-indev', path, '-extract', '/', dir], { stdio: 'ignore' });
    return JSON.parse(readFileSync(join(dir, 'user-data'), 'utf8').replace(/^#cloud-config\n/, '')) as UserData;
  } finally {
    execFileSync('chmod', ['-R', 'u+w', dir]);
    rmSync(dir, { recursive: true, force: true });
  }
}
