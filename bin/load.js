'use strict';
/**
 * Loads the command line, `dist/cli.cjs`, with the compiled code that the build left beside it: parsing and compiling
 * would be half of the start-up time. The cache is only a shortcut: V8 refuses it when it comes from another version, other settings
 * or a bundle of another length. Then, or when it is missing, the bundle is loaded as any module, with Node's own compile cache
 * where Node has one.
 */
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const vm = require('node:vm');

const file = path.join(__dirname, '..', 'dist', 'cli.cjs');

/** What `dist/cli.cjs` exports. */
function load() {
  const cachedData = readCache();
  if (cachedData !== undefined) {
    const script = compile(cachedData);
    if (script.cachedDataRejected === false) return run(script);
  }
  useNodesOwnCache();
  return require(file);
}

function readCache() {
  try {
    return fs.readFileSync(`${file}.cache`);
  } catch {
    return undefined;
  }
}

function compile(cachedData) {
  return new vm.Script(Module.wrap(fs.readFileSync(file, 'utf8')), {
    filename: file,
    cachedData,
  });
}

/** Runs the script as the CommonJS module that it is; `importModule` is the import() that code from a cache has not. */
function run(script) {
  const module = { exports: {}, importModule: (name) => import(name) };
  script.runInThisContext()(module.exports, Module.createRequire(file), module, file, path.dirname(file));
  return module.exports;
}

/** Node 22 and later keep compiled code themselves; in the user's own cache folder, never in the shared temporary one. */
function useNodesOwnCache() {
  const home = process.env.HOME ?? process.env.USERPROFILE;
  const cache = process.env.XDG_CACHE_HOME ?? (home && path.join(home, '.cache'));
  if (cache && path.isAbsolute(cache)) Module.enableCompileCache?.(path.join(cache, 'tsmachine', 'compiled'));
}

module.exports = { file, load, compile, run };
