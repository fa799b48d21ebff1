import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { errorText } from '../../../src/base/errors.js';
import { withLock } from '../../../src/system/locks/lock.js';
import type { Description } from './api/description.js';

/** Pinned: tests see the API as Google described it on one day. */
const wanted = 'google-api-python-client==2.202.0';
const inside = 'googleapiclient/discovery_cache/documents/compute.v1.json';
const run = promisify(execFile);

/** Why Google's description of its API cannot be had on this computer, in words for `skip`. */
export class NoDescription extends Error {}

/**
 * Google's own description of compute v1 ("discovery document"). It is fetched once from PyPI, where Google publishes it within its
 * client for Python, and kept in the tests' cache. Other processes wait meanwhile; what was cut off leaves nothing that is used.
 * @throws NoDescription where Python, pip or PyPI is missing
 */
export async function computeDescription(): Promise<Description> {
  const cache = process.env['TSMACHINE_TEST_CACHE'] ?? join(homedir(), '.cache', 'tsmachine-test');
  const file = join(cache, `${wanted.replace('==', '-')}-compute.v1.json`);
  if (!existsSync(file))
    await withLock(file, { what: "Google's description of its API", timeout: 600_000 }, async () => {
      if (!existsSync(file)) await fetchTo(file, cache);
    });
  return JSON.parse(await readFile(file, 'utf8')) as Description;
}

async function fetchTo(file: string, cache: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'google-'));
  try {
    const options = ['--quiet', '--disable-pip-version-check', '--no-input', '--no-deps', '--dest', work];
    await run(await pythonWithPip(work), ['-m', 'pip', 'download', ...options, wanted], { timeout: 300_000 });
    const extract = 'import sys, glob, zipfile; zipfile.ZipFile(glob.glob(sys.argv[1] + "/*.whl")[0]).extract(sys.argv[2], sys.argv[1])';
    await run('python3', ['-c', extract, work, inside], { timeout: 60_000 });
    await rename(join(work, inside), file);
  } catch (error) {
    throw new NoDescription(`needs ${wanted} from PyPI: ${errorText(error)}`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The computer's own Python, else one in a folder of its own, which Debian makes only with python3-venv. */
async function pythonWithPip(work: string): Promise<string> {
  try {
    await run('python3', ['-m', 'pip', '--version']);
    return 'python3';
  } catch {
    await run('python3', ['-m', 'venv', join(work, 'venv')], { timeout: 120_000 });
    return join(work, 'venv', 'bin', 'python');
  }
}
