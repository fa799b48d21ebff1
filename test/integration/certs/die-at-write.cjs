// Loaded with --require: ends the process with SIGKILL right after the DIE_AFTER-th change to a certificate or key on the disk.
const fs = require('node:fs');

const last = Number(process.env.DIE_AFTER);
let changes = 0;
const count = (path) => {
  if (/\.pem$/.test(String(path)) && ++changes === last) process.kill(process.pid, 'SIGKILL');
};

const rename = fs.rename;
fs.rename = (from, to, done) =>
  rename(from, to, (error) => {
    if (!error) count(to);
    done(error);
  });
const rm = fs.promises.rm;
fs.promises.rm = async (path, options) => {
  await rm(path, options);
  count(path);
};
require('node:module').syncBuiltinESMExports();
