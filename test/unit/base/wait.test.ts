import { expect } from 'chai';

import { TsmachineError } from '../../../src/base/errors.js';
import { waitFor } from '../../../src/base/wait.js';

describe('waitFor', () => {
  it('returns the first thing found', async () => {
    let looks = 0;
    expect(await waitFor(() => (++looks === 3 ? looks : undefined), { timeout: 1000, interval: 1, what: 'three' })).to.equal(3);
  });

  it('says what it waited for, and how long', async () => {
    const error: unknown = await waitFor(() => undefined, { timeout: 20, interval: 5, what: 'm1 to be running' }).catch(
      (thrown: unknown) => thrown,
    );
    expect(TsmachineError.is(error) && error.code).to.equal('WAIT_TIMEOUT');
    expect(error).to.have.property('message', 'Waited 0 s for m1 to be running');
  });

  it('ends with the signal, in the middle of a pause', async () => {
    const abort = new AbortController();
    const waiting = waitFor(() => undefined, { timeout: 60_000, interval: 30_000, signal: abort.signal, what: 'x' });
    abort.abort();
    expect(await waiting.catch((thrown: unknown) => thrown)).to.have.property('name', 'AbortError');
  });

  it('passes on what the look throws', async () => {
    const thrown = new Error('broken');
    expect(
      await waitFor(
        () => {
          throw thrown;
        },
        { timeout: 50, what: 'x' },
      ).catch((error: unknown) => error),
    ).to.equal(thrown);
  });
});
