import { TsmachineError } from '../../base/errors.js';

/** Puts Docker Machine's words (`Error removing host "m1": `) in front of an error of `work`, unless it was interrupted. */
export async function withPrefix<T>(prefix: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, message, hint, exit } = TsmachineError.from(error);
    if (code === 'CANCELLED') throw error;
    throw new TsmachineError(code, prefix + message, { cause: error, hint, exit });
  }
}
