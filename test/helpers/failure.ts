import { TsmachineError } from '../../src/base/errors.js';
import { plain } from '../../src/base/text.js';

/** The error that `work` ends with; a success, or an error that is not ours, fails the test. */
export async function failureOf(work: Promise<unknown> | (() => unknown)): Promise<TsmachineError> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    if (TsmachineError.is(error)) return error;
    throw error;
  }
  throw new Error('it should have failed');
}

/** The hint of an error as a person reads it; empty without one. */
export function hintOf(error: TsmachineError): string {
  return plain(error.hint ?? '');
}

/** What a promise was rejected with, whoever made the error: the reason of an abort is its caller's own. */
export async function reasonOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('it should have failed');
}
