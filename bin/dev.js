#!/usr/bin/env node
'use strict';
// The command line straight from the sources, nothing built: `bin/dev.js ls`.
void import('tsx/esm/api')
  .then(({ register }) => register())
  .then(() => import('../src/cli/main.ts'))
  .then(({ main }) => main(process.argv.slice(2)));
