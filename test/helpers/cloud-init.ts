import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Context } from 'mocha';

import { errorText } from '../../src/base/errors.js';
import { skip } from './skip.js';

const modules = 'usr/lib/python3/dist-packages';
/** cloud-init, and what it imports only for some user data. */
const packages = ['cloud-init', 'python3-jinja2', 'python3-markupsafe', 'python3-jsonpatch', 'python3-json-pointer'];

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
  const target = join(cache, 'cloud-init-modules');
  if (existsSync(target)) return target;
  if (!existsSync('/usr/bin/dpkg-deb')) skip(context, "needs Debian's packages");
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'cloud-init-'));
  try {
    // apt leaves its root rights behind where it can, and this folder is root's alone
    execFileSync('apt-get', ['-q', '-o', 'APT::Sandbox::User=root', 'download', ...packages], {
      cwd: work,
      timeout: 60_000,
      stdio: 'pipe',
    });
    for (const file of readdirSync(work).filter((name) => name.endsWith('.deb'))) {
      execFileSync('dpkg-deb', ['-x', file, 'root'], { cwd: work, timeout: 60_000, stdio: 'pipe' });
    }
    if (!existsSync(target)) renameSync(join(work, 'root'), target);
    return target;
  } catch (error) {
    return skip(context, `needs Debian's package cloud-init: ${errorText(error)}`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** What cloud-init makes of user data, see cloud-init-consume.py. */
export interface Consumed {
  /** The cloud-config of all parts. */
  readonly merged: Readonly<Record<string, unknown>>;
  /** Users by name, as the image's own settings and the user data make them. */
  readonly users: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly scripts: Readonly<Record<string, { readonly text: string; readonly mode: string }>>;
  readonly warnings: readonly string[];
}

/** Lets cloud-init consume user data as at a first boot, in a folder of its own. */
export function consumeUserData(context: Context, bytes: Uint8Array, dir: string): Consumed {
  writeFileSync(join(dir, 'user-data'), bytes);
  const program = fileURLToPath(new URL('cloud-init-consume.py', import.meta.url));
  const { status, output } = withCloudInit(context, [program, 'user-data', join(dir, 'guest')], dir);
  if (status !== 0) throw new Error(`cloud-init failed: ${output}`);
  return JSON.parse(output) as Consumed;
}
