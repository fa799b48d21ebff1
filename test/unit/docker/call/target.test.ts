import { expect } from 'chai';

import { TsmachineError } from '../../../../src/base/errors.js';
import { engineAddress } from '../../../../src/docker/call/target.js';

const address = (url: string) => engineAddress({ url, machine: 'm1' });

describe("an engine's URL", () => {
  it('gives host and port, 2376 when it names none', () => {
    expect(address('tcp://10.0.0.1:12376')).to.deep.equal({ kind: 'tcp', host: '10.0.0.1', port: 12376, text: '10.0.0.1:12376' });
    expect(address('tcp://m1.example.com')).to.include({ host: 'm1.example.com', port: 2376 });
    expect(address('https://m1:1/')).to.include({ host: 'm1', port: 1 });
  });

  it('has brackets around an IPv6 address, the host has none', () => {
    expect(address('tcp://[fd00::1]:2376')).to.deep.equal({ kind: 'tcp', host: 'fd00::1', port: 2376, text: '[fd00::1]:2376' });
    expect(address('tcp://[fe80::1%eth0]')).to.include({ host: 'fe80::1%eth0', text: '[fe80::1%eth0]:2376' });
  });

  it('may be a socket of the file system', () => {
    expect(address('unix:///var/run/docker.sock')).to.include({ kind: 'unix', path: '/var/run/docker.sock' });
  });

  for (const url of [
    'tcp://',
    'tcp://h:0',
    'tcp://h:65536',
    'tcp://h:x',
    'tcp://fd00::1:2376',
    'tcp://[fd00::1',
    'tcp://user@h:1',
    'tcp://a b:1',
    'h:2376',
    'ssh://h',
    'unix://relative',
    'tcp://h:1/path',
  ]) {
    it(`is refused as malformed: ${url}`, () => {
      expect(() => address(url))
        .to.throw(TsmachineError, `malformed: "${url}"`)
        .with.property('code', 'FLAG_INVALID');
    });
  }

  it('is missed by name when it is empty', () => {
    expect(() => address(''))
      .to.throw(TsmachineError, 'Docker Host URL not set')
      .with.property('code', 'MACHINE_STATE');
  });
});
