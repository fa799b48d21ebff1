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
export async function buildGoProgram(): Promise<string> {
  const version = await goVersion();
  const folder = import.meta.dirname;
  const sources = readdirSync(folder).filter((name) => name.endsWith('.go'));
  const digest = createHash('sha256').update(version);
  for (const name of sources) digest.update(readFileSync(join(folder, name)));
  const cache = process.env['TSMACHINE_TEST_CACHE'] ?? join(homedir(), '.cache', 'tsmachine-test');
  const program = join(cache, `go-rpc-${digest.digest('hex').slice(0, 16)}`);
  if (existsSync(program)) return program;
  await mkdir(cache, { recursive: true });
  return withLock(program, { what: 'the Go program of tests', timeout: 600_000 }, async () => {
    if (existsSync(program)) return program;
    const made = `${program}.${process.pid}`;
    const env = { ...process.env, GOFLAGS: '', GOPROXY: 'off', GOTOOLCHAIN: 'local', GO111MODULE: 'off' };
    await run('go', ['build', '-o', made, ...sources], { cwd: folder, env, timeout: 540_000 });
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
