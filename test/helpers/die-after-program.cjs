// Loaded with --require: ends the process with SIGKILL as soon as the DIE_AFTER-th program it started has ended (or has been
// started, if it is one that stays), which is between any two steps of a driver that works through programs.
const childProcess = require('node:child_process');
const { syncBuiltinESMExports } = require('node:module');

const last = Number(process.env.DIE_AFTER);
let started = 0;
const { spawn } = childProcess;
childProcess.spawn = (file, args, options) => {
  const child = spawn(file, args, options);
  if (++started === last) child.once(options?.detached ? 'spawn' : 'exit', () => process.kill(process.pid, 'SIGKILL'));
  return child;
};
syncBuiltinESMExports();
