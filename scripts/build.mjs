/**
 * `npm run build`: the library (dist/src, dist/drivers), the command line in one file (dist/cli.cjs), oclif's manifest,
 * and the compiled code of the command line (dist/cli.cjs.cache, read by bin/load.js).
 */
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { build } from 'esbuild';

import { commitOf } from './commit.mjs';

const root = join(import.meta.dirname, '..');
const at = (...names) => join(root, ...names);
const { file: bundle } = createRequire(import.meta.url)('../bin/load.js');

/** Stay in node_modules and are loaded by the code that needs them, when it needs them; the last two only oclif knows. */
const external = ['ssh2', 'node-forge', 'execa', 'tar-fs', 'tar-stream', 'ajv', 'yaml', 'typescript', 'ts-node'];

for (const folder of ['src', 'drivers']) rmSync(at('dist', folder), { recursive: true, force: true });
node(at('node_modules', 'typescript', 'bin', 'tsc'), '-p', at('tsconfig.build.json'));
await writeManifest();
await bundleCommandLine();
node(at('scripts', 'warm-cache.cjs'));

/** Without its cache first: compiled code must never stand beside a bundle that it was not made from. */
async function bundleCommandLine() {
  rmSync(`${bundle}.cache`, { force: true });
  const {
    outputFiles: [output],
  } = await build({
    entryPoints: [at('dist', 'src', 'cli', 'main.js')], // compiled already: esbuild finds the commands by the names their import() gives them
    write: false,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20.19',
    external,
    logLevel: 'warning',
    define: {
      'import.meta.url': 'moduleUrl',
      builtFrom: JSON.stringify(commitOf(root) ?? 'HEAD'),
      // oclif would read its own package.json and compare versions of Node on every start
      'process.env.OCLIF_DISABLE_ENGINE_WARNING': '"1"',
      // and ask who the user is, which fails for one without an entry (containers), or on Windows start a PowerShell; nothing needs the answer
      'process.env.SHELL': '"unknown"',
    },
    banner: {
      js: [
        "const moduleUrl = require('node:url').pathToFileURL(__filename).href;",
        'const importModule = module.importModule ?? ((name) => import(name));',
      ].join('\n'),
    },
  });
  // Code that V8 takes from a cache has no import(): its loader imports for it.
  writeFileSync(bundle, output.text.replaceAll(/(?<!\(name\) => )\bimport\((?="[\w-]+"\))/g, 'importModule('));
}

/** What `oclif manifest` writes, by the same class of @oclif/core. */
async function writeManifest() {
  const { Plugin } = await import('@oclif/core');
  const plugin = new Plugin({
    root,
    isRoot: true,
    type: 'core',
    ignoreManifest: true,
    errorOnManifestCreate: true,
    respectNoCacheDefault: true,
  });
  await plugin.load();
  writeFileSync(at('oclif.manifest.json'), `${JSON.stringify(plugin.manifest)}\n`);
}

function node(...args) {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', cwd: root });
  if (status !== 0) process.exit(status ?? 1);
}
