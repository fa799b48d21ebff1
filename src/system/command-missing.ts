import { TsmachineError } from '../core/errors.js';

/** The error for a program that is not installed. */
export function commandMissing(file: string, hint: string | undefined, cause: unknown): TsmachineError {
  return new TsmachineError('COMMAND_MISSING', `The program "${file}" is not installed, or not in the PATH`, { hint: hint ?? `Install ${file}`, cause });
}
