import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';

import { commandLine, reporting } from '../calls.js';
import { notStarted } from './command-missing.js';
import { diskError } from '../files/disk-error.js';

/**
 * Starts a program that goes on after this one has ended; its output is appended to `logFile` (mode 0600).
 * @returns its process id once it is running.
 * @throws TsmachineError COMMAND_MISSING, COMMAND_FAILED, or the log file's STORE_UNWRITABLE / STORE_FULL.
 */
export function spawnDetached(file: string, args: readonly string[], logFile: string): Promise<number> {
  return reporting(
    `start: ${commandLine(file, args)}`,
    () => start(file, args, logFile),
    (pid) => `process ${pid}`,
  );
}

async function start(file: string, args: readonly string[], logFile: string): Promise<number> {
  const log = await openLog(logFile);
  try {
    const child = spawn(file, args, { detached: true, windowsHide: true, stdio: ['ignore', log.fd, log.fd] });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    child.unref();
    if (child.pid === undefined) throw new Error('it has no process id');
    return child.pid;
  } catch (error) {
    throw notStarted(file, error);
  } finally {
    await log.close();
  }
}

async function openLog(path: string) {
  try {
    const log = await open(path, 'a', 0o600);
    await log.chmod(0o600);
    return log;
  } catch (error) {
    throw diskError(error, 'Cannot write', path);
  }
}
