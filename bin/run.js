#!/usr/bin/env node
import loader from './load.cjs';
await loader.load().main(process.argv.slice(2));
