import { expect } from 'chai';

import { failureOf } from '../../../../../../drivers/amazonec2/call/failure.js';
import { repeated } from '../../../../../../src/driver/kit/cloud/call/attempts.js';

/** An error as the SDK throws it for an answer of Amazon's. */
function answered(code: string, status = 400): Error {
  return Object.assign(new Error(`${code} it is`), { name: code, $metadata: { httpStatusCode: status, requestId: 'r-1' } });
}
const broken = (code: string) => Object.assign(new Error(`read ${code}`), { code });

const times = { attempt: 1000, total: 5000, pause: 1 };
const never = new AbortController().signal;

describe('attempts of a call to a provider, here Amazon', () => {
  /** Fails with these in turn, then succeeds. */
  function failing(...errors: Error[]) {
    const calls = { count: 0 };
    const attempt = () => {
      calls.count += 1;
      const error = errors.shift();
      return error ? Promise.reject(error) : Promise.resolve('done');
    };
    return { calls, attempt };
  }
  const policy = { retries: 2, times, signal: never, failureOf, renew: () => false };

  it('repeats what passes', async () => {
    const { calls, attempt } = failing(answered('InternalError', 500), broken('ECONNRESET'));
    expect(await repeated(attempt, policy)).to.equal('done');
    expect(calls.count).to.equal(3);
  });

  it('ends with the last error after as many repetitions as were allowed', async () => {
    const { calls, attempt } = failing(...[1, 2, 3, 4].map((i) => answered('InternalError', 500 + i)));
    const error = await repeated(attempt, policy).catch((thrown: unknown) => thrown);
    expect(error).to.have.nested.property('$metadata.httpStatusCode', 503);
    expect(calls.count).to.equal(3);
  });

  for (const code of ['InsufficientInstanceCapacity', 'RequestLimitExceeded', 'UnauthorizedOperation']) {
    it(`does not repeat ${code}`, async () => {
      const { calls, attempt } = failing(answered(code, code.startsWith('Un') ? 403 : 500));
      await repeated(attempt, policy).catch(() => undefined);
      expect(calls.count).to.equal(1);
    });
  }

  it('ends an attempt that hangs, and makes another', async () => {
    let count = 0;
    const attempt = (signal: AbortSignal) =>
      new Promise<string>((resolve, reject) => {
        count += 1;
        if (count > 1) return resolve('done');
        signal.addEventListener('abort', () => {
          reject(new Error('aborted'));
        });
      });
    expect(await repeated(attempt, { ...policy, times: { ...times, attempt: 20 } })).to.equal('done');
  });

  it('says how long it waited when every attempt hangs', async () => {
    const attempt = (signal: AbortSignal) =>
      new Promise<string>((_, reject) => {
        signal.addEventListener('abort', () => {
          reject(new Error('aborted'));
        });
      });
    const error = await repeated(attempt, { ...policy, times: { attempt: 20, total: 60, pause: 1 } }).catch((thrown: unknown) => thrown);
    expect(error).to.have.property('message', 'no answer within 0.02 seconds');
  });

  it('renews credentials that have expired, once', async () => {
    let renewed = 0;
    const renew = () => (renewed += 1) > 0;
    const { attempt } = failing(answered('RequestExpired'));
    expect(await repeated(attempt, { ...policy, renew })).to.equal('done');
    const again = failing(answered('RequestExpired'), answered('RequestExpired'));
    expect(await repeated(again.attempt, { ...policy, renew }).catch((thrown: unknown) => thrown)).to.have.property(
      'name',
      'RequestExpired',
    );
    expect(renewed).to.equal(2);
  });

  it('stops at once when it is cancelled', async () => {
    const cancel = new AbortController();
    const attempt = () => {
      cancel.abort(new Error('Ctrl-C'));
      return Promise.reject(broken('ECONNRESET'));
    };
    const error = await repeated(attempt, { ...policy, signal: cancel.signal }).catch((thrown: unknown) => thrown);
    expect(error).to.have.property('message', 'Ctrl-C');
  });
});
