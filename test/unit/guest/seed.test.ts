import { createHash } from 'node:crypto';

import { expect } from 'chai';

import { isoImage } from '../../../src/guest/iso/image.js';
import { seedImage } from '../../../src/guest/seed.js';

const date = new Date('2026-01-02T03:04:05Z');
const seed = { userData: '#cloud-config\n{}\n', metaData: '{}\n' };

describe('a seed', () => {
  it('is the same bytes for the same content and date, on every computer and in every time zone', () => {
    const image = seedImage(seed, date);
    expect(image.equals(seedImage(seed, date))).to.equal(true);
    expect(createHash('sha256').update(image).digest('hex')).to.equal('b703555561de3e7d95058f0ae21afb144ecba46b3ea61089cefcfa98fd480683');
    expect(image.equals(seedImage(seed, new Date(0)))).to.equal(false);
    expect(image.equals(seedImage({ ...seed, userData: Buffer.from(seed.userData) }, date))).to.equal(true);
  });

  it('is whole sectors, with the label in both volumes', () => {
    const image = seedImage(seed, date);
    expect(image.length).to.equal(27 * 2048);
    expect(image.toString('latin1', 16 * 2048 + 1, 16 * 2048 + 6)).to.equal('CD001');
    expect(image.toString('latin1', 16 * 2048 + 40, 16 * 2048 + 72)).to.equal('cidata'.padEnd(32));
    expect(
      Buffer.from(image.subarray(17 * 2048 + 40, 17 * 2048 + 52))
        .swap16()
        .toString('utf16le'),
    ).to.equal('cidata');
  });

  it('has a network-config only when there is one', () => {
    const name = Buffer.from('network-config', 'utf16le').swap16();
    expect(seedImage(seed, date).includes(name)).to.equal(false);
    expect(seedImage({ ...seed, networkConfig: '{}' }, date).includes(name)).to.equal(true);
  });
});

describe('an ISO image', () => {
  const file = (name: string, size = 1) => ({ name, content: Buffer.alloc(size, name) });

  it('takes empty files, and files of exactly one sector and one byte more', () => {
    const image = isoImage('x', [file('a', 0), file('b', 2048), file('c', 2049)], date);
    expect(image.length).to.equal((25 + 0 + 1 + 2) * 2048);
    expect(image.subarray(25 * 2048, 26 * 2048).equals(Buffer.alloc(2048, 'b'))).to.equal(true);
  });

  it('tells names apart that are alike where they are cut', () => {
    const image = isoImage('x', [file('configuration-1'), file('configuration-2')], date).toString('latin1');
    expect(image).to.contain('CONFIGUR.;1').and.to.contain('CONFIGU1.;1');
  });

  it('refuses names and numbers of files that it has no room for', () => {
    expect(() => isoImage('x', [file('n'.repeat(65))], date)).to.throw(RangeError, 'longer than Joliet allows');
    expect(() =>
      isoImage(
        'x',
        Array.from({ length: 60 }, (_, i) => file(`file-${i}`)),
        date,
      ),
    ).to.throw(RangeError, 'do not fit');
  });
});
