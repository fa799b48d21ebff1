#!/usr/bin/env node
'use strict';
// CommonJS, as bin/package.json says: setting up Node's loader for modules would add a third of what an empty Node takes to start.
void require('./load.js').load().main(process.argv.slice(2));
