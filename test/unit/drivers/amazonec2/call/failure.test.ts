import { expect } from 'chai';

import { failureOf } from '../../../../../drivers/amazonec2/call/failure.js';

/** An error as the SDK throws it for an answer of Amazon's. */
function answered(code: string, status = 400): Error {
  return Object.assign(new Error(`${code} it is`), { name: code, $metadata: { httpStatusCode: status, requestId: 'r-1' } });
}
const broken = (code: string) => Object.assign(new Error(`read ${code}`), { code });

describe('failures of a call to Amazon', () => {
  const kinds: readonly (readonly [string, Error, ReturnType<typeof failureOf>])[] = [
    ['throttling', answered('RequestLimitExceeded', 503), 'busy'],
    ['throttling of SSM', answered('ThrottlingException'), 'busy'],
    ['its own trouble', answered('InternalError', 500), 'passing'],
    ['its absence', answered('Unavailable', 503), 'passing'],
    ['a connection that was cut', broken('ECONNRESET'), 'passing'],
    ['a connection cut inside the SDK', new Error('socket hang up'), 'passing'],
    ['a wrapped cause', new Error('failed', { cause: broken('EPIPE') }), 'passing'],
    ['no capacity, whose status is 500', answered('InsufficientInstanceCapacity', 500), 'lasting'],
    ['an expired token', answered('RequestExpired'), 'expired'],
    ['a refusal', answered('UnauthorizedOperation', 403), 'lasting'],
    ['an unknown host', broken('ENOTFOUND'), 'lasting'],
    ['missing credentials', Object.assign(new Error('Could not load credentials'), { name: 'CredentialsProviderError' }), 'lasting'],
  ];
  for (const [what, error, kind] of kinds) {
    it(`${what} is ${kind}`, () => {
      expect(failureOf(error)).to.equal(kind);
    });
  }
});
