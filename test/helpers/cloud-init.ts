import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import type { Context } from 'mocha';

import { errorText } from '../../src/base/errors.js';
import { skip } from './skip.js';

const modules = 'usr/lib/python3/dist-packages';

/**
 * Runs a Python program with Debian's cloud-init at hand. Its package is unpacked into the tests' cache and never installed: installed it
 * would set up this computer at the next boot. The test is skipped where the package cannot be had.
 * @returns exit status and all output
 */
export function withCloudInit(context: Context, args: readonly string[], cwd: string): { status: number; output: string } {
  const path = join(unpacked(context), modules);
  try {
    const output = execFileSync('/usr/bin/python3', args, {
      cwd,
      encoding: 'utf8',
      env: { PYTHONPATH: path, PATH: '/usr/bin:/bin' },
      timeout: 60_000,
      stdio: 'pipe',
    });
    return { status: 0, output };
  } catch (error) {
    const { status, stdout, stderr } = error as { status?: number | null; stdout?: string; stderr?: string };
    if (typeof status !== 'number') throw error;
    return { status, output: `${stdout ?? ''}${stderr ?? ''}` };
  }
}

function unpacked(context: Context): string {
  const cache = process.env['TSMACHINE_TEST_CACHE'] ?? join(homedir(), '.cache', 'tsmachine-test');
  const target = join(cache, 'cloud-init');
  if (existsSync(target)) return target;
  if (!existsSync('/usr/bin/dpkg-deb')) skip(context, "needs Debian's packages");
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'cloud-init-'));
  try {
    // apt leaves its root rights behind where it can, and this folder is root's alone
    execFileSync('apt-get', ['-q', '-o', 'APT::Sandbox::User=root', 'download', 'cloud-init'], {
      cwd: work,
      timeout: 60_000,
      stdio: 'pipe',
    });
    const file = readdirSync(work).find((name) => name.endsWith('.deb')) ?? '';
    execFileSync('dpkg-deb', ['-x', file, 'root'], { cwd: work, timeout: 60_000, stdio: 'pipe' });
    if (!existsSync(target)) renameSync(join(work, 'root'), target);
    return target;
  } catch (error) {
    return skip(context, `needs Debian's package cloud-init: ${errorText(error)}`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
