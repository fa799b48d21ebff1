// Loaded with --require: hands the only thread that makes a program's file calls (UV_THREADPOOL_SIZE=1) to strace before the program
// begins. FAULT_STRACE: the words for strace, as JSON. What is random in the names of temporary files and folders gets values that do not
// change, so that a second run makes the same calls on the same names.
'use strict';
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');

const words = JSON.parse(process.env.FAULT_STRACE);
for (const name of ['NODE_OPTIONS', 'FAULT_STRACE']) delete process.env[name];
Object.defineProperty(process, 'pid', { value: 1 });
let folders = 0;
fs.promises.mkdtemp = async (prefix) => {
  const path = `${prefix}${String(++folders).padStart(6, '0')}`;
  await fs.promises.mkdir(path, 0o700);
  return path;
};
syncBuiltinESMExports();

const tasks = () => fs.readdirSync('/proc/self/task');
const before = new Set(tasks());
fs.stat('/', () => undefined);
let thread;
while (thread === undefined) thread = tasks().find((task) => !before.has(task));

spawn('strace', [...words, '-p', thread], { stdio: 'ignore', detached: true }).unref();
const pause = new Int32Array(new SharedArrayBuffer(4));
const deadline = Date.now() + 20_000;
while (!/^TracerPid:\t[1-9]/m.test(fs.readFileSync(`/proc/self/task/${thread}/status`, 'utf8'))) {
  if (Date.now() > deadline) throw new Error('strace did not come');
  Atomics.wait(pause, 0, 0, 5);
}
