import { resolve } from 'node:path';

import { expect } from 'chai';

import { refuseContradictions } from '../../../../../../src/driver/kit/cloud/flags/contradictions.js';
import { cidr, endpoint, openPort } from '../../../../../../src/driver/kit/cloud/flags/formats.js';
import { namingFlag } from '../../../../../../src/driver/kit/cloud/flags/naming-flag.js';
import { fits, network, ownOf, ownPatch, ownRule, wordsOf } from '../../../../../../src/driver/kit/cloud/flags/own.js';
import { flagSpecs } from '../../../../../../src/driver/kit/cloud/flags/specs.js';
import { flagReader } from '../../../../../../src/driver/kit/cloud/flags/values.js';
import { number } from '../../../../../../src/driver/kit/check.js';
import { TsmachineError } from '../../../../../../src/base/errors.js';
import { plain } from '../../../../../../src/base/text.js';
import { failureOf } from '../../../../../helpers/failure.js';

describe('flags of a cloud', () => {
  it('are described with the prefix, and with what is said of them', () => {
    const { text, list, bool, int } = flagSpecs('p-');
    expect(text('zone', 'Zone', { env: 'P_ZONE' })).to.deep.equal({
      name: 'p-zone',
      type: 'string',
      usage: 'Zone',
      default: '',
      env: 'P_ZONE',
    });
    expect(text('size', 'Size', { default: 's1' })).to.include({ default: 's1' });
    expect(list('tag', 'Tag')).not.to.have.property('default');
    expect(bool('spot', 'Spot')).to.include({ type: 'bool', default: false });
    expect(int('disk', 'Disk', 10)).to.include({ type: 'int', default: 10 });
  });

  const given = flagReader(
    { 'p-zone': 'eu', 'p-port': ['80', ''], 'p-spot': true, 'p-disk': 0, 'p-none': '', 'p-file': 'a/b', 'p-bad': ['80', 'x'] },
    'p-',
  );

  it('are read without it', () => {
    expect([given.text('zone'), given.text('other'), given.list('port'), given.isSet('spot'), given.path('file')]).to.deep.equal([
      'eu',
      '',
      ['80'],
      true,
      resolve('a/b'),
    ]);
    expect(given.chosen('zone', ['eu', 'us'])).to.equal('eu');
    expect(given.words('port', openPort)).to.deep.equal(['80']);
  });

  it('say something unless they are false, 0 or empty', () => {
    expect(['zone', 'port', 'spot'].every((name) => given.says(name))).to.equal(true);
    expect(['disk', 'none', 'absent'].some((name) => given.says(name))).to.equal(false);
    expect([given.isGiven('disk'), given.isGiven('absent')]).to.deep.equal([true, false]);
  });

  it('are named when their values are wrong', async () => {
    const wrong = [() => given.words('bad', openPort), () => given.chosen('zone', ['us']), () => given.int('disk', { min: 1, max: 9 })];
    const messages = await Promise.all(wrong.map(async (read) => (await failureOf(read)).message));
    expect(messages).to.deep.equal([
      '--p-bad must be a port from 1 to 65535, alone or with /tcp or /udp, not "x"',
      '--p-zone must be one of us, not "eu"',
      '--p-disk must be a whole number from 1 to 9, not 0',
    ]);
  });

  it('may need or exclude each other', async () => {
    const refused = async (needs: Parameters<typeof refuseContradictions>[1], clashes: Parameters<typeof refuseContradictions>[2]) =>
      failureOf(() => {
        refuseContradictions(given, needs, clashes);
      });
    expect(await refused([{ flag: 'spot', needs: 'none', why: 'so it is' }], [])).to.include({
      code: 'FLAG_MISSING',
      message: 'using --p-spot also requires --p-none',
    });
    expect(await refused([], [{ flags: ['spot', 'zone'], why: 'one is enough' }])).to.include({
      code: 'FLAG_INVALID',
      message: '--p-spot and --p-zone exclude each other: one is enough',
    });
    refuseContradictions(
      given,
      [
        { flag: 'disk', needs: 'none' },
        { flag: 'zone', value: 'us', needs: 'none' },
      ],
      [{ flags: ['spot', 'none'], why: '' }],
    );
  });

  it('are named for a value that the provider refuses', async () => {
    const refusal = new TsmachineError('DRIVER_FAILED', 'No such zone', { hint: 'Ask for the list' });
    const error = await failureOf(() => namingFlag('--p-zone eu', Promise.reject(refusal), () => true));
    expect(error).to.include({ code: 'FLAG_INVALID', message: '--p-zone eu: No such zone' });
    expect(plain(error.hint ?? '')).to.equal('Correct --p-zone');
    expect(await failureOf(() => namingFlag('--p-zone eu', Promise.reject(refusal), () => false))).to.equal(refusal);
  });
});

describe('forms of values', () => {
  it('take what is right and nothing else', () => {
    for (const right of ['80', '53/udp', '65535/tcp']) expect(openPort.fits(right), right).to.equal(true);
    for (const wrong of ['0', '65536', '80/icmp', '', 'http']) expect(openPort.fits(wrong), wrong).to.equal(false);
    for (const right of ['203.0.113.0/24', '::/0', '192.0.2.1']) expect(cidr.fits(right), right).to.equal(true);
    expect(cidr.fits('203.0.113.0/33')).to.equal(false);
    for (const right of ['https://compute.example', 'compute.example:8443']) expect(endpoint.fits(right), right).to.equal(true);
    for (const wrong of ['ftp://x', 'a b', 'user@host', 'http://x?y']) expect(endpoint.fits(wrong), wrong).to.equal(false);
  });
});

describe('what is our own in driver data', () => {
  it('is changed field by field', () => {
    const data = { MachineName: 'm1', Own: { zone: 'a', kept: 1 } };
    expect(ownPatch<{ zone: string }>(data, { zone: 'b' })).to.deep.equal({ Own: { zone: 'b', kept: 1 } });
    expect(ownOf({})).to.deep.equal({});
  });

  it('is an object whose fields are judged', () => {
    const rule = ownRule({ disk: number(1, 9), network, port: fits(openPort) });
    expect([rule({ disk: 3, network: '10.0.0.0/8', port: '80', foreign: {} }), rule({})]).to.deep.equal([undefined, undefined]);
    expect([rule([]), rule(null), rule('x')]).to.deep.equal(['is not an object', 'is not an object', 'is not an object']);
    expect(rule({ disk: 10 })).to.equal('has a field disk that is not a whole number from 1 to 9');
    expect(rule({ network: '10.0.0.1' })).to.equal('has a field network that is not a network');
    expect(rule({ port: 'x' })).to.equal('has a field port that is not a port from 1 to 65535, alone or with /tcp or /udp');
  });

  it('has lists as Go writes them', () => {
    expect([wordsOf(null), wordsOf(['a', '', 3, 'b'])]).to.deep.equal([[], ['a', 'b']]);
  });
});
