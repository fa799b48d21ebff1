import { namingFlag as namedFlag } from '../../../src/driver/kit/cloud/flags/naming-flag.js';
import { codeOf } from '../errors.js';

/** What Amazon says of ids and names that somebody typed. */
const typed = /\.(NotFound|Malformed|Unavailable|NotAvailable)$|^Invalid(InstanceType|ParameterValue|Zone)$/;

/**
 * Says which flag it was when Amazon refuses the value of one.
 * @param flag with its value, such as `--amazonec2-ami ami-1`
 * @throws TsmachineError FLAG_INVALID with Amazon's words
 */
export function namingFlag<T>(flag: string, asked: Promise<T>): Promise<T> {
  return namedFlag(flag, asked, (error) => typed.test(codeOf(error) ?? ''));
}
