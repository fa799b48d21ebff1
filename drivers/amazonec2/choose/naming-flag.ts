import { TsmachineError } from '../../../src/base/errors.js';
import { plain } from '../../../src/base/text.js';
import { codeOf } from '../errors.js';

/** What Amazon says of ids and names that somebody typed. */
const typed = /\.(NotFound|Malformed|Unavailable|NotAvailable)$|^Invalid(InstanceType|ParameterValue|Zone)$/;

/**
 * Says which flag it was when Amazon refuses the value of one.
 * @param flag with its value, such as `--amazonec2-ami ami-1`
 * @throws TsmachineError FLAG_INVALID with Amazon's words
 */
export async function namingFlag<T>(flag: string, asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (!typed.test(codeOf(error) ?? '') || !TsmachineError.is(error)) throw error;
    // what to do about the code may name another flag of the same kind
    const [name = flag] = flag.split(' ');
    const hint = error.hint === undefined || plain(error.hint).includes(name) ? error.hint : `Correct ${name}`;
    throw new TsmachineError('FLAG_INVALID', `${flag}: ${error.message}`, { cause: error.cause, hint });
  }
}
