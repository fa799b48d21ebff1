// Loaded with --require: the first folder that is read is never read to its end, as PLANTED_FAULT says: it answers `never`, or
// the error is thrown where nobody can catch it.
const fs = require('node:fs/promises');
const { syncBuiltinESMExports } = require('node:module');

fs.readdir = () =>
  new Promise(() => {
    if (process.env.PLANTED_FAULT === 'throw')
      setImmediate(() => {
        throw new Error('planted \u001b[31m');
      });
  });
syncBuiltinESMExports();
