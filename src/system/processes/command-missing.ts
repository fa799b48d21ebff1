import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

import { TsmachineError, errorText, systemCode } from '../../base/errors.js';

/** The error for a program that is not installed. */
export function commandMissing(file: string, hint: string | undefined, cause: unknown): TsmachineError {
  const text = `The program "${file}" is not installed, or not in the PATH`;
  return new TsmachineError('COMMAND_MISSING', text, { hint: hint ?? `Install ${file}`, cause });
}

/**
 * The error for a program that did not start: COMMAND_MISSING when it is not installed, else COMMAND_FAILED.
 * @param cause what the system says
 * @param hint for a program that is not installed
 */
export function notStarted(file: string, cause: unknown, hint?: string): TsmachineError {
  if (systemCode(cause) === 'ENOENT') return commandMissing(file, hint, cause);
  if (systemCode(cause) !== 'EACCES') return new TsmachineError('COMMAND_FAILED', `Cannot run "${file}": ${errorText(cause)}`, { cause });
  const found = notExecutable(file) ?? file;
  return new TsmachineError('COMMAND_FAILED', `Cannot run "${file}": ${found} is not executable`, {
    cause,
    hint: `If it is the right program: chmod +x ${found}. If not, remove it from the PATH, or install ${file}`,
  });
}

/** The first file of that name on the PATH that may not be executed: the system says only that there is one. */
function notExecutable(file: string): string | undefined {
  const places =
    file.includes('/') || isAbsolute(file) ? [file] : (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, file));
  return places.find((path) => isFile(path) && !mayExecute(path));
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function mayExecute(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // whatever the reason, it is what the caller looks for
  }
}
