import { isLost, type Failure } from '../../../src/driver/kit/cloud/call/attempts.js';
import { codeOf, isThrottled, statusOf } from '../errors.js';

/** Amazon's own trouble, when it says so without an HTTP status of 5xx. */
const passing = new Set([
  'InternalError',
  'InternalFailure',
  'ServiceUnavailable',
  'Unavailable',
  'RequestTimeout',
  'RequestTimeoutException',
]);
/** The signature is too old: temporary credentials have expired, or the clock is wrong, which the SDK corrects for the next call. */
const expired = new Set(['RequestExpired', 'ExpiredToken', 'ExpiredTokenException', 'RequestTimeTooSkewed', 'RequestInTheFuture']);

/** What kind of failure it is. No capacity comes with HTTP 500, but waiting does not help: the next zone does. Pure. */
export function failureOf(error: unknown): Failure {
  const code = codeOf(error);
  if (isThrottled(error)) return 'busy';
  if (code !== undefined && /^Insufficient\w*Capacity/.test(code)) return 'lasting';
  if (code !== undefined && expired.has(code)) return 'expired';
  if ((code !== undefined && passing.has(code)) || (statusOf(error) ?? 0) >= 500) return 'passing';
  return isLost(error) ? 'passing' : 'lasting';
}
