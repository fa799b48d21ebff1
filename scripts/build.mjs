/**
 * `npm run build`: the library (dist/src, dist/drivers), the command line in one file (dist/cli.cjs), oclif's manifest,
 * and the compiled code of the command line (dist/cli.cjs.cache, read by bin/load.cjs).
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const at = (...names) => join(root, ...names);
const { file: bundle, compile, run } = createRequire(import.meta.url)('../bin/load.cjs');

/** Loaded from node_modules and only by the code that needs them: too heavy to read at every start. */
const external = ['ssh2', 'node-forge', 'execa', 'tar-fs', 'typescript', 'ts-node'];

compileLibrary();
await bundleCommandLine();
await writeManifest();
await warmCache();

function compileLibrary() {
  rmSync(at('dist'), { recursive: true, force: true });
  node(at('node_modules', 'typescript', 'bin', 'tsc'), '-p', at('tsconfig.build.json'));
}

async function bundleCommandLine() {
  await build({
    entryPoints: [at('src', 'cli', 'main.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20.19',
    external,
    logLevel: 'warning',
    // oclif compares Node's version with its own package.json on every start; ours says `engines`
    define: { 'import.meta.url': 'moduleUrl', 'process.env.OCLIF_DISABLE_ENGINE_WARNING': '"1"' },
    banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
  });
}

/** What `oclif manifest` writes, made by the same class of @oclif/core. */
async function writeManifest() {
  const { Plugin } = await import('@oclif/core');
  const plugin = new Plugin({ root, isRoot: true, type: 'core', ignoreManifest: true, errorOnManifestCreate: true, respectNoCacheDefault: true });
  await plugin.load();
  writeFileSync(at('oclif.manifest.json'), `${JSON.stringify(plugin.manifest)}\n`);
}

/** Runs a command once so that V8 has compiled what every command runs, then keeps that. */
async function warmCache() {
  const script = compile(undefined);
  const { main } = run(script);
  await main(['version']);
  writeFileSync(`${bundle}.cache.new`, script.createCachedData());
  renameSync(`${bundle}.cache.new`, `${bundle}.cache`);
}

function node(...args) {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', cwd: root });
  if (status !== 0) process.exit(status ?? 1);
}
