/**
 * `npm run build`: the library (dist/src, dist/drivers), the command line in one file (dist/cli.cjs), oclif's manifest,
 * and the compiled code of the command line (dist/cli.cjs.cache, read by bin/load.js).
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';

import { build } from 'esbuild';

import { commitOf } from './commit.mjs';
import { noticesOf } from './notices.mjs';
import { bundleSdks } from './sdks.mjs';

const root = join(import.meta.dirname, '..');
const at = (...names) => join(root, ...names);
const { file: bundle } = createRequire(import.meta.url)('../bin/load.js');

/** These stay in node_modules and are loaded when they are needed; only oclif knows the last two. */
const external = ['ssh2', 'node-forge', 'execa', 'tar-fs', 'tar-stream', 'ajv', 'yaml', 'typescript', 'ts-node'];

for (const folder of ['src', 'drivers']) rmSync(at('dist', folder), { recursive: true, force: true });
node(at('node_modules', 'typescript', 'bin', 'tsc'), '-p', at('tsconfig.build.json'));
await removeComments();
const bundled = await bundleSdks(root);
await writeManifest();
bundled.push(...(await bundleCommandLine()));
writeFileSync(at('dist', 'THIRD-PARTY-NOTICES.txt'), noticesOf(root, bundled));
node(at('scripts', 'warm-cache.cjs'));

/** Comments are for readers of the sources; the declarations keep theirs. This makes the package a twentieth smaller. */
async function removeComments() {
  const compiled = readdirSync(at('dist'), { recursive: true }).filter((name) => /^(src|drivers)\b.*\.js$/.test(name));
  await build({
    entryPoints: compiled.map((name) => at('dist', name)),
    outdir: at('dist'),
    outbase: at('dist'),
    allowOverwrite: true,
    format: 'esm',
    target: 'node20.19',
    logLevel: 'warning',
  });
}

/**
 * Removes the cache first: it must never lie beside a bundle that it was not made from.
 * @returns the files that went into it
 */
async function bundleCommandLine() {
  rmSync(`${bundle}.cache`, { force: true });
  const {
    metafile,
    outputFiles: [output],
  } = await build({
    metafile: true,
    // The compiled file, because esbuild finds the commands by the names in their import().
    entryPoints: [at('dist', 'src', 'cli', 'main.js')],
    write: false,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20.19',
    minifyWhitespace: true,
    minifySyntax: true,
    external,
    plugins: [{ name: 'sdks', setup: ({ onResolve }) => onResolve({ filter: /\/sdk\.js$/ }, leaveOut) }],
    logLevel: 'warning',
    define: {
      'import.meta.url': 'moduleUrl',
      builtFrom: JSON.stringify(commitOf(root) ?? 'HEAD'),
      // Otherwise oclif reads its own package.json and compares versions of Node on every start.
      'process.env.OCLIF_DISABLE_ENGINE_WARNING': '"1"',
      // Otherwise oclif asks who the user is. That fails for users without an entry (in containers) and starts a PowerShell on Windows;
      // nothing needs the answer.
      'process.env.SHELL': '"unknown"',
    },
    banner: {
      js: [
        "const moduleUrl = require('node:url').pathToFileURL(__filename).href;",
        'const importModule = module.importModule ?? ((name) => import(name));',
      ].join('\n'),
    },
  });
  // Code from V8's cache has no import(): bin/load.js imports for it, and does not lie where the bundle does.
  const imports = /(?<!\(name\) => )\bimport\(("(?:[\w-]+|\.\/[\w/]+\/sdk\.js)"|fileUrl)\)/g;
  const text = output.text.replaceAll(imports, (_, name) =>
    name.startsWith('".') ? `importModule(new URL(${name}, moduleUrl).href)` : `importModule(${name})`,
  );
  writeFileSync(bundle, text);
  return Object.keys(metafile.inputs);
}

/** An SDK stays the file of its own that `bundleSdks` made. */
function leaveOut({ path, resolveDir }) {
  return { path: `./${relative(at('dist'), join(resolveDir, path)).replaceAll('\\', '/')}`, external: true };
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
