import { TsmachineError } from '../../../../base/errors.js';
import { plain } from '../../../../base/text.js';

/**
 * Says which flag it was when the provider refuses the value of one.
 * @param flag with its value, such as `--amazonec2-ami ami-1`
 * @param isTyped whether the error is of the kind that the provider gives for what somebody typed
 * @throws TsmachineError FLAG_INVALID with the provider's words
 */
export async function namingFlag<T>(flag: string, asked: Promise<T>, isTyped: (error: unknown) => boolean): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (!isTyped(error) || !TsmachineError.is(error)) throw error;
    // what to do about the code may name another flag of the same kind
    const [name = flag] = flag.split(' ');
    const hint = error.hint === undefined || plain(error.hint).includes(name) ? error.hint : `Correct ${name}`;
    throw new TsmachineError('FLAG_INVALID', `${flag}: ${error.message}`, { cause: error.cause, hint });
  }
}
