import { TsmachineError } from '../../base/errors.js';

/** Runs `work`; its error gets Docker Machine's words in front (`Error removing host "m1": `). An interruption stays as it is. */
export async function withPrefix<T>(prefix: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, message, hint, exit } = TsmachineError.from(error);
    if (code === 'CANCELLED') throw error;
    throw new TsmachineError(code, prefix + message, { cause: error, hint, exit });
  }
}
