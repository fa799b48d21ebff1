import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { errorText } from '../../../src/base/errors.js';
import { withLock } from '../../../src/system/locks/lock.js';

const run = promisify(execFile);

/** Why there is no Go on this computer, in words for `skip`. */
export class NoGo extends Error {}

/**
 * Builds the program of this folder, which needs nothing but Go's own library. A first build takes minutes.
 * @returns its path in the tests' cache
 * @throws NoGo where Go 1.22 or newer is missing
 */
export function buildGoProgram(): Promise<string> {
  return buildGo('go-rpc', import.meta.dirname);
}

/**
 * Builds the Go program of a folder into the tests' cache, once for each state of its sources and version of Go. One with a go.mod is
 * built from the modules that its go.sum names, which are fetched once.
 * @throws NoGo where Go 1.22 or newer is missing, or the modules cannot be had
 */
export async function buildGo(name: string, folder: string): Promise<string> {
  const version = await goVersion();
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.go$|^go\.(mod|sum)$|\/go\.mod$/.test(file));
  const digest = createHash('sha256').update(version);
  for (const file of files.sort()) digest.update(readFileSync(join(folder, file)));
  const cache = process.env['TSMACHINE_TEST_CACHE'] ?? join(homedir(), '.cache', 'tsmachine-test');
  const program = join(cache, `${name}-${digest.digest('hex').slice(0, 16)}`);
  if (existsSync(program)) return program;
  await mkdir(cache, { recursive: true });
  return withLock(program, { what: 'the Go program of tests', timeout: 600_000 }, async () => {
    if (existsSync(program)) return program;
    const made = `${program}.${process.pid}`;
    const options = { cwd: folder, timeout: 540_000 };
    if (existsSync(join(folder, 'go.mod'))) {
      const env = { ...process.env, GOFLAGS: '-mod=readonly', GOTOOLCHAIN: 'local', GO111MODULE: 'on' };
      await run('go', ['mod', 'download'], { ...options, env }).catch((error: unknown) => {
        throw new NoGo(`needs modules of Go that cannot be fetched: ${errorText(error)}`);
      });
      // docker/machine reaches into Go's own library, which the linker of Go 1.23 and newer refuses otherwise
      await run('go', ['build', '-ldflags=-checklinkname=0', '-o', made, '.'], { ...options, env });
    } else {
      const sources = files.filter((file) => file.endsWith('.go'));
      const env = { ...process.env, GOFLAGS: '', GOPROXY: 'off', GOTOOLCHAIN: 'local', GO111MODULE: 'off' };
      await run('go', ['build', '-o', made, ...sources], { ...options, env });
    }
    await rename(made, program);
    return program;
  });
}

async function goVersion(): Promise<string> {
  try {
    const { stdout } = await run('go', ['env', 'GOVERSION'], { env: { ...process.env, GOTOOLCHAIN: 'local' } });
    const [, minor] = /^go1\.(\d+)/.exec(stdout) ?? [];
    if (Number(minor) >= 22) return stdout.trim();
    throw new NoGo(`needs Go 1.22 or newer, and go is ${stdout.trim()}`);
  } catch (error) {
    throw error instanceof NoGo ? error : new NoGo(`needs Go 1.22 or newer: ${errorText(error)}`);
  }
}
