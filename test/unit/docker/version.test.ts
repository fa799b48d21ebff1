import { expect } from 'chai';

import { TsmachineError } from '../../../src/base/errors.js';
import { compareApi, negotiateApi, newestApi, parseEngineVersion } from '../../../src/docker/version.js';

const engine = (ApiVersion: string, MinAPIVersion?: string) =>
  parseEngineVersion(
    { Version: '1', ApiVersion, ...(MinAPIVersion === undefined ? {} : { MinAPIVersion }), Os: 'linux', Arch: 'amd64' },
    'm1',
  );

describe('the API version', () => {
  it('is compared by numbers, not by letters', () => {
    expect(compareApi('1.9', '1.10')).to.be.below(0);
    expect(compareApi('1.41', '1.41')).to.equal(0);
    expect(compareApi('2.0', '1.99')).to.be.above(0);
  });

  it('is the highest that both sides speak', () => {
    expect(negotiateApi(engine('1.41', '1.12'), 'm1')).to.equal('1.41');
    expect(negotiateApi(engine('1.56', '1.40'), 'm1')).to.equal(newestApi);
    expect(negotiateApi(engine('1.56', newestApi), 'm1')).to.equal(newestApi);
    expect(negotiateApi(engine('1.24'), 'm1')).to.equal('1.24');
  });

  it('is never one without swarm mode', () => {
    expect(() => negotiateApi(engine('1.23', '1.12'), 'm1')).to.throw(TsmachineError, 'speaks API up to 1.23; 1.24 or later is needed');
  });

  it('is never below what the engine wants', () => {
    expect(() => negotiateApi(engine('1.70', '1.60'), 'm1'))
      .to.throw(TsmachineError, '"m1"')
      .that.includes({ code: 'ENGINE_API', hint: 'Update tsmachine.' });
    expect(() => negotiateApi(engine('1.70', '1.60'), 'm1')).to.throw('requires API 1.60 or later');
  });

  for (const answer of [
    undefined,
    null,
    'x',
    [],
    {},
    { Version: '1' },
    { Version: '1', ApiVersion: 'new' },
    { Version: '1', ApiVersion: '1.40', MinAPIVersion: {} },
    { Version: '1\u001b[2J', ApiVersion: '1.40' },
    { Version: 'x'.repeat(200), ApiVersion: '1.40' },
    { Version: '', ApiVersion: '1.40' },
    { Version: 1, ApiVersion: '1.40' },
  ]) {
    it(`is not taken from ${JSON.stringify(answer)}`, () => {
      expect(() => parseEngineVersion(answer, 'm1'))
        .to.throw(TsmachineError, 'no Docker version')
        .with.property('code', 'ENGINE_API');
    });
  }

  it('comes with all else the engine says', () => {
    expect(parseEngineVersion({ Version: '28.5.2', ApiVersion: '1.51', KernelVersion: '6.1' }, 'm1')).to.deep.equal({
      Version: '28.5.2',
      ApiVersion: '1.51',
      MinAPIVersion: '1.0',
      Os: '',
      Arch: '',
      KernelVersion: '6.1',
    });
  });
});
