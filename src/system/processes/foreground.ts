import { spawn } from 'node:child_process';
import { constants } from 'node:os';

import { systemCode } from '../../base/errors.js';
import { commandLine, reporting } from '../calls.js';
import { notStarted } from './command-missing.js';

/**
 * Runs an interactive program with this program's own standard streams.
 * @returns its exit status (128 plus the signal's number when it was killed), or undefined when the program is not installed.
 * @throws TsmachineError COMMAND_FAILED when it is there and cannot be run
 */
export function runForeground(
  file: string,
  args: readonly string[],
  options: { signal: AbortSignal; env: NodeJS.ProcessEnv },
): Promise<number | undefined> {
  return reporting(
    `run: ${commandLine(file, args)}`,
    () => runHere(file, args, options),
    (status) => (status === undefined ? 'not installed' : `exit status ${status}`),
  );
}

function runHere(
  file: string,
  args: readonly string[],
  options: { signal: AbortSignal; env: NodeJS.ProcessEnv },
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: 'inherit', env: options.env });
    // The terminal sends Ctrl-C to the program itself; a signal that ends this program has to be passed on.
    const stop = (): void => {
      child.kill('SIGTERM');
    };
    options.signal.addEventListener('abort', stop, { once: true });
    child.once('error', (error) => {
      options.signal.removeEventListener('abort', stop);
      if (systemCode(error) === 'ENOENT') resolve(undefined);
      else reject(notStarted(file, error));
    });
    child.once('exit', (code, name) => {
      options.signal.removeEventListener('abort', stop);
      resolve(code ?? 128 + (name === null ? 0 : constants.signals[name]));
    });
  });
}
