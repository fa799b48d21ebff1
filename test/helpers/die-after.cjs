// Loaded with --require: ends the process with SIGKILL right after the DIE_AFTER-th time a journal or a configuration
// has reached the disk, which is after every journal step and every checkpoint of a driver.
const fs = require('node:fs');

const last = Number(process.env.DIE_AFTER);
let written = 0;
const rename = fs.rename;
fs.rename = (from, to, done) =>
  rename(from, to, (error) => {
    if (!error && /(journal|config)\.json$/.test(String(to)) && ++written === last) process.kill(process.pid, 'SIGKILL');
    done(error);
  });
