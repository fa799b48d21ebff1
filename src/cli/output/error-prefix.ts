import { TsmachineError } from '../../base/errors.js';
import { say } from '../../base/text.js';

/** Puts Docker Machine's words (`Error removing host "m1": `) in front of an error of `work`, unless it was interrupted. */
export async function withPrefix<T>(prefix: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, text, hint, exit } = TsmachineError.from(error);
    if (code === 'CANCELLED') throw error;
    throw new TsmachineError(code, say`${prefix}${text}`, { cause: error, hint, exit });
  }
}
