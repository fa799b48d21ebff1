import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The command lines that a shell runs all day; none of them touches a machine. */
export const everyday = [['version'], ['env', '-u'], ['ls'], ['--help'], ['create', '--driver', 'generic', '--help']] as const;

export interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'tsmachine-startup-'));
}

/** The environment of a user with an empty store. NODE_EXTRA_CA_CERTS would make every Node slower, ours and the one compared with. */
export function emptyStoreEnv(folder: string): NodeJS.ProcessEnv {
  const { NODE_EXTRA_CA_CERTS: _certs, NODE_V8_COVERAGE: _coverage, ...inherited } = process.env;
  return {
    ...inherited,
    MACHINE_STORAGE_PATH: join(folder, 'store'),
    XDG_CACHE_HOME: join(folder, 'cache'),
    HOME: folder,
    SHELL: '/bin/bash',
  };
}

export function runNode(args: readonly string[], env: NodeJS.ProcessEnv): Result {
  return spawnSync(process.execPath, args, { cwd: root, env, encoding: 'utf8', timeout: 30_000 });
}

/** A copy of what is installed for users, in which a test may spoil a file. */
export function installedCopy(folder: string): string {
  const copy = join(folder, 'package');
  mkdirSync(join(copy, 'dist'), { recursive: true });
  for (const name of ['bin', 'templates', 'package.json', 'oclif.manifest.json', 'dist/cli.cjs', 'dist/cli.cjs.cache']) {
    cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  return copy;
}

/** The files that V8 loaded in a run, as its own coverage report lists them: by require, by import and by vm alike. */
export function loadedFiles(args: readonly string[], folder: string): string[] {
  const coverage = join(folder, 'coverage');
  const { status, stderr } = runNode(args, { ...emptyStoreEnv(folder), NODE_V8_COVERAGE: coverage });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status ?? 'a signal'}: ${stderr}`);
  const urls = readdirSync(coverage).flatMap((name) => {
    const { result } = JSON.parse(readFileSync(join(coverage, name), 'utf8')) as { result: { url: string }[] };
    return result.map(({ url }) => url);
  });
  rmSync(coverage, { recursive: true });
  const paths = urls
    .map((url) => (url.startsWith('file:') ? fileURLToPath(url) : url))
    .filter((path) => path.startsWith(sep) || /^[A-Z]:/.test(path));
  return [...new Set(paths.map((path) => relative(root, path).split(sep).join('/')))].sort();
}

/** Middle value of the wall-clock milliseconds of each command line, taken in turns so that a busy moment hits all of them. */
export function medians(lines: readonly (readonly string[])[], rounds: number, env: NodeJS.ProcessEnv): number[] {
  const times = lines.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    lines.forEach((args, i) => {
      const started = performance.now();
      spawnSync(process.execPath, args, { env, stdio: 'ignore' });
      times[i]?.push(performance.now() - started);
    });
  }
  return times.map((list) => list.sort((a, b) => a - b)[list.length >> 1] ?? Number.NaN);
}
