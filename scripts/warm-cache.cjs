'use strict';
/**
 * Runs the built command line in this process, so that V8 compiles what every start needs, and writes the compiled code beside the
 * bundle. Only functions that ran are kept, so the cache stays small however large the bundle is.
 */
const { mkdtempSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const loader = require('../bin/load.js');

const store = mkdtempSync(join(tmpdir(), 'tsmachine-build-'));
process.env.MACHINE_STORAGE_PATH = store;
process.env.TSMACHINE_STATE_DIR = store;
process.env.SHELL ??= '/bin/sh';

process.stdout.write = (_text, ...rest) => {
  // the empty table is not shown
  rest.at(-1)?.();
  return true;
};
const script = loader.compile();
const { main } = loader.run(script);

process.once('exit', (status) => {
  rmSync(store, { recursive: true, force: true });
  if (status !== 0) return;
  const file = `${loader.file}.cache`;
  writeFileSync(`${file}.new`, script.createCachedData());
  renameSync(`${file}.new`, file);
});

// `main` ends the process.
void main(['ls']);
