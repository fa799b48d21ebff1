import { spawn } from 'node:child_process';

/** Running children. Each leads its own process group, so that a Ctrl-C reaches it only once, through this process. */
const children = new Set();
let interrupted = false;
let inOrder = false;

/** True after SIGINT or SIGTERM: nothing new is started then. */
export const wasInterrupted = () => interrupted;

/** After an interruption the caller prints a report and ends by itself. Without this call, the process ends as soon as its children have. */
export function endInOrder() {
  inOrder = true;
}

for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    interrupt(signal);
  });

/** npm passes SIGTERM to the shell that it started, which ends without a signal to this process. The parent's id changes then. */
if (process.env.npm_lifecycle_event !== undefined) {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    interrupt('SIGTERM');
  }, 500).unref();
}

function interrupt(signal) {
  interrupted = true;
  for (const child of children) child.kill(signal);
  leaveWhenInterrupted();
}

function leaveWhenInterrupted() {
  if (interrupted && !inOrder && children.size === 0) process.exit(130);
}

/**
 * Runs a program with its output shown and resolves with its exit status; null when a signal or the time limit ended it.
 * @param options.timeout milliseconds until SIGTERM; SIGKILL follows after `grace` milliseconds, which are for cleaning up
 */
export function runVisibly(file, args, { timeout, grace = 120_000, ...options } = {}) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit'], detached: process.platform !== 'win32', ...options });
    children.add(child);
    const timers = [];
    if (timeout !== undefined) {
      timers.push(
        setTimeout(() => {
          console.log(`Time limit of ${timeout / 1000} s reached`);
          child.kill('SIGTERM');
          timers.push(
            setTimeout(() => {
              child.kill('SIGKILL');
            }, grace),
          );
        }, timeout),
      );
    }
    const end = (status) => {
      for (const timer of timers) clearTimeout(timer);
      children.delete(child);
      leaveWhenInterrupted();
      resolve(status);
    };
    child.once('error', (error) => {
      console.log(`${file}: ${error.message}`);
      end(127);
    });
    child.once('exit', end);
  });
}
