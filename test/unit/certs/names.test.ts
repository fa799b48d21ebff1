import { expect } from 'chai';

import { alternativeNames, canonicalIp } from '../../../src/certs/names.js';
import { TsmachineError } from '../../../src/base/errors.js';

describe('alternative names of a certificate', () => {
  it('are sorted into names and addresses, each once', () => {
    expect(
      alternativeNames(['Host.Example.COM', '10.0.0.1', 'host.example.com.', '[fd00::1]', 'FD00:0:0::1', '*.example.com', '10.0.0.1']),
    ).to.deep.equal({ dns: ['host.example.com', '*.example.com'], ips: ['10.0.0.1', 'fd00::1'] });
  });

  it('take international names in their ASCII form, and names with underscores', () => {
    expect(alternativeNames(['bücher.example', 'my_host']).dns).to.deep.equal(['xn--bcher-kva.example', 'my_host']);
  });

  it('drop the zone of a link-local address', () => {
    expect(canonicalIp('fe80::1%eth0')).to.equal('fe80::1');
    expect(canonicalIp('fe80')).to.equal(undefined);
  });

  for (const name of [
    '',
    'a b',
    '-a',
    'a-.example',
    'a..b',
    'https://x',
    `${'a'.repeat(64)}.example`,
    'a.'.repeat(127) + 'aa',
    'host:2376',
    '*.',
  ]) {
    it(`refuse ${JSON.stringify(name.slice(0, 20))}`, () => {
      expect(() => alternativeNames([name]))
        .to.throw(TsmachineError)
        .with.property('code', 'FLAG_INVALID');
    });
  }
});
