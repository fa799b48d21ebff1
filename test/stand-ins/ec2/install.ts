import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { errorText } from '../../../src/base/errors.js';
import { withLock } from '../../../src/system/locks/lock.js';

/** Pinned: the stand-in uses its tables and its VPCs from inside. It brings botocore, and with it AWS's own description of the API. */
const wanted = 'moto==5.2.5';
const run = promisify(execFile);

/** Python with moto at hand. */
export interface Python {
  readonly program: string;
  /** Goes into PYTHONPATH. */
  readonly modules: string;
}

/** Why there is none on this computer, in words for `skip`. */
export class NoPython extends Error {}

/**
 * Fetches moto from PyPI into the tests' cache, once for each version of Python. Other processes wait meanwhile; what was cut off leaves
 * nothing that is used.
 * @throws NoPython where Python 3.10, pip or PyPI is missing
 */
export async function installMoto(): Promise<Python> {
  const program = 'python3';
  const version = await versionOf(program);
  const cache = process.env['TSMACHINE_TEST_CACHE'] ?? join(homedir(), '.cache', 'tsmachine-test');
  const modules = join(cache, `${wanted.replace('==', '-')}-python-${version}`);
  if (existsSync(modules)) return { program, modules };
  return withLock(modules, { what: 'the Python modules of tests', timeout: 600_000 }, async () => {
    if (!existsSync(modules)) await fetchInto(modules, cache, program);
    return { program, modules };
  });
}

async function versionOf(program: string): Promise<string> {
  try {
    const { stdout } = await run(program, ['-c', 'import sys, platform; print(*sys.version_info[:2], platform.machine())']);
    const [major, minor, machine] = stdout.trim().split(' ');
    if (Number(major) === 3 && Number(minor) >= 10) return `${major}.${minor}-${machine}`;
    throw new NoPython(`needs Python 3.10 or newer, and ${program} is ${major}.${minor}`);
  } catch (error) {
    throw error instanceof NoPython ? error : new NoPython(`needs Python 3.10 or newer: ${errorText(error)}`);
  }
}

async function fetchInto(modules: string, cache: string, program: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'python-'));
  try {
    const pip = await pipOf(program, work);
    const options = ['--quiet', '--disable-pip-version-check', '--no-input', '--target', join(work, 'modules')];
    await run(pip, ['-m', 'pip', 'install', ...options, wanted], { timeout: 540_000 });
    await rename(join(work, 'modules'), modules);
  } catch (error) {
    throw error instanceof NoPython ? error : new NoPython(`needs ${wanted} from PyPI: ${errorText(error)}`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** A Python that has pip: the computer's own, else one in a folder of its own, which Debian makes only with python3-venv. */
async function pipOf(program: string, work: string): Promise<string> {
  try {
    await run(program, ['-m', 'pip', '--version']);
    return program;
  } catch {
    try {
      await run(program, ['-m', 'venv', join(work, 'venv')], { timeout: 120_000 });
      return join(work, 'venv', 'bin', 'python');
    } catch (error) {
      throw new NoPython(`needs pip, or Debian's package python3-venv: ${errorText(error)}`);
    }
  }
}
