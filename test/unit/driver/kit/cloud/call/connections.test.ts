import { expect } from 'chai';

import { Connections, fingerprint } from '../../../../../../src/driver/kit/cloud/call/connections.js';
import { masked, withoutSecrets } from '../../../../../../src/driver/kit/cloud/call/masking.js';

describe('connections to accounts', () => {
  it('are told apart by every part, and by where it ends', () => {
    expect(fingerprint(['a', 'b']))
      .to.equal(fingerprint(['a', 'b']))
      .and.not.to.equal(fingerprint(['ab', '']));
  });

  it('are made once for an account, and anew once forgotten', async () => {
    let made = 0;
    const connections = new Connections<number>();
    const connect = () => Promise.resolve((made += 1));
    expect(await Promise.all([connections.to('a', connect), connections.to('a', connect), connections.to('b', connect)])).to.deep.equal([
      1, 1, 2,
    ]);
    connections.forget('a');
    expect(await connections.to('a', connect)).to.equal(3);
  });

  it('are not kept when they failed', async () => {
    const connections = new Connections<string>();
    await connections.to('a', () => Promise.reject(new Error('no credentials'))).catch(() => undefined);
    expect(await connections.to('a', () => Promise.resolve('there'))).to.equal('there');
  });
});

describe('secrets in the words of a provider', () => {
  it('are masked, in the message and in the stack', () => {
    expect(masked('the key s3cr3t-key is wrong, s3cr3t-key', ['s3cr3t-key', 'is'])).to.equal('the key ... is wrong, ...');
    const error = withoutSecrets(new Error('Bad s3cr3t-key'), ['s3cr3t-key']) as Error;
    expect(`${error.message}${error.stack ?? ''}`).not.to.contain('s3cr3t');
  });
});
