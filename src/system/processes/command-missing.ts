import { TsmachineError } from '../../base/errors.js';

/** The error for a program that is not installed. */
export function commandMissing(file: string, hint: string | undefined, cause: unknown): TsmachineError {
  const text = `The program "${file}" is not installed, or not in the PATH`;
  return new TsmachineError('COMMAND_MISSING', text, { hint: hint ?? `Install ${file}`, cause });
}
