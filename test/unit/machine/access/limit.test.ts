import { expect } from 'chai';

import { TsmachineError } from '../../../../src/base/errors.js';
import { limiter, type LimitPace } from '../../../../src/machine/access/limit.js';

const pace: LimitPace = {
  together: 8,
  tries: 10,
  firstPause: 5,
  longestPause: 200,
  firstSpacing: 1,
  widestSpacing: 40,
};
const never = new AbortController().signal;
const busy = () => new TsmachineError('PROVIDER_BUSY', 'too many calls');

/** A provider with a token bucket, as EC2 is. */
function provider(perSecond: number, burst: number) {
  const counts = { refused: 0, together: 0, most: 0 };
  let [tokens, last] = [burst, performance.now()];
  const call = async () => {
    counts.most = Math.max(counts.most, (counts.together += 1));
    await new Promise((resolve) => setTimeout(resolve, 1));
    counts.together -= 1;
    const now = performance.now();
    tokens = Math.min(burst, tokens + ((now - last) / 1000) * perSecond);
    last = now;
    if (tokens >= 1) {
      tokens -= 1;
      return 'done';
    }
    counts.refused += 1;
    throw busy();
  };
  return { counts, call };
}

describe('the limit of an account', () => {
  it('lets every call succeed, although there are far more than the provider takes', async () => {
    const limited = limiter(pace);
    const { counts, call } = provider(200, 5);
    const results = await Promise.all(Array.from({ length: 300 }, () => limited('a', call, never)));
    expect(results).to.have.length(300);
    expect(counts.refused, 'refused').to.be.greaterThan(0);
    expect(counts.refused, 'refused').to.be.lessThan(150);
    expect(counts.most).to.be.at.most(8);
  });

  it('does not slow down an account that is refused nothing', async () => {
    const limited = limiter({ ...pace, firstSpacing: 60_000, firstPause: 60_000 });
    const { call } = provider(1e9, 1e9);
    expect(await Promise.all(Array.from({ length: 100 }, () => limited('a', call, never)))).to.have.length(100);
  });

  it('lets another account go on', async () => {
    const limited = limiter({ ...pace, firstPause: 60_000, longestPause: 60_000 });
    const cancel = new AbortController();
    let tried = 0;
    const stuck = limited('a', () => Promise.reject(tried++ === 0 ? busy() : new Error('tried again')), cancel.signal).catch(() => 'ended');
    expect(await limited('b', () => Promise.resolve('done'), never)).to.equal('done');
    cancel.abort();
    expect(await stuck).to.equal('ended');
  });

  it('gives up after as many tries, with the refusal', async () => {
    let tried = 0;
    const refuse = () => {
      tried += 1;
      return Promise.reject(busy());
    };
    const error: unknown = await limiter({ ...pace, tries: 3 })('a', refuse, never).catch((thrown: unknown) => thrown);
    expect(error).to.have.property('code', 'PROVIDER_BUSY');
    expect(tried).to.equal(3);
  });

  it('hands on every other failure at once', async () => {
    const limited = limiter(pace);
    const error: unknown = await limited('a', () => Promise.reject(new Error('no')), never).catch((thrown: unknown) => thrown);
    expect(error).to.have.property('message', 'no');
  });
});
