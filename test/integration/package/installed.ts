import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../../', import.meta.url));

export interface PackedFile {
  readonly path: string;
  readonly size: number;
}

export interface Pack {
  readonly tarball: string;
  /** Bytes to download, and on disk. */
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly PackedFile[];
}

export function run(file: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): string {
  const { NODE_EXTRA_CA_CERTS: _, NODE_OPTIONS: _options, ...inherited } = process.env;
  const { status, stdout, stderr, error } = spawnSync(file, args, {
    cwd,
    encoding: 'utf8',
    env: { ...inherited, ...env },
    timeout: 120_000,
  });
  if (status === 0) return stdout;
  throw new Error(`${file} ${args.join(' ')} ended with ${status ?? error?.message ?? 'a signal'}\n${stdout}${stderr}`);
}

/** Packs what `npm run build` left, as `npm publish` would. */
export function pack(folder: string): Pack {
  const text = run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], root);
  const parsed = JSON.parse(text) as unknown;
  const [found] = Object.values(parsed as Record<string, Pack & { readonly filename: string }>); // a list, or an object by name since npm 11
  if (!found) throw new Error(`npm pack printed ${text}`);
  return { ...found, tarball: join(folder, found.filename) };
}

/** A project of somebody else in which the package was installed without the development dependencies. */
export function newProject(tarball: string): string {
  const project = mkdtempSync(join(tmpdir(), 'tsmachine-consumer-'));
  const target = join(project, 'node_modules', 'tsmachine');
  mkdirSync(target, { recursive: true });
  run('tar', ['-xzf', tarball, '-C', target, '--strip-components=1'], project);
  for (const path of [...productionPackages(), 'node_modules/@types/node', 'node_modules/undici-types']) {
    const link = join(project, path);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, path), link);
  }
  writeFileSync(join(project, 'package.json'), JSON.stringify({ type: 'module', private: true }));
  return project;
}

/** Top-level packages that `npm install tsmachine` brings along. */
function productionPackages(): string[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, { dev?: boolean }> };
  const installed = new Set(
    readdirSync(join(root, 'node_modules')).flatMap((name) =>
      name.startsWith('@') ? readdirSync(join(root, 'node_modules', name)).map((part) => `${name}/${part}`) : [name],
    ),
  );
  return Object.entries(packages)
    .filter(
      ([path, { dev }]) =>
        /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) && dev !== true && installed.has(path.slice('node_modules/'.length)),
    )
    .map(([path]) => path);
}

export const typescript = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
