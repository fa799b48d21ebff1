import { resolve } from 'node:path';

import { expect } from 'chai';

import { imageNames } from '../../../src/guest/image/catalogue.js';
import { parseImageChoice } from '../../../src/guest/image/choice.js';
import { guestArchitecture } from '../../../src/guest/image/fetch.js';
import { failureOf } from '../../helpers/failure.js';

const sha256 = 'ab'.repeat(32);
const sha512 = 'cd'.repeat(64);
const parse = (text: string) => parseImageChoice(text, 'virtualbox-image');

describe('the choice of an image', () => {
  it('is a short name', () => {
    for (const name of imageNames) expect(parse(name)).to.deep.equal({ kind: 'name', name });
    expect(imageNames).to.include.members(['debian', 'debian-12', 'ubuntu', 'ubuntu-24.04']);
  });

  it('is an address with a checksum', () => {
    expect(parse(`https://example.com/a.vmdk#sha256:${sha256.toUpperCase()}`)).to.deep.equal({
      kind: 'url',
      url: 'https://example.com/a.vmdk',
      digest: { algorithm: 'sha256', value: sha256 },
    });
    expect(parse(`http://example.com/a?b=c#sha512=${sha512}`)).to.deep.equal({
      kind: 'url',
      url: 'http://example.com/a?b=c',
      digest: { algorithm: 'sha512', value: sha512 },
    });
  });

  it('is a path, also one of Windows', () => {
    for (const path of ['./disk', '/images/debian', 'disk.qcow2', '~/x.vmdk', 'C:\\disks\\x.vhdx', 'debian/disk']) {
      expect(parse(path)).to.deep.equal({ kind: 'file', path: resolve(path) });
    }
  });

  const refused: [string, RegExp, RegExp][] = [
    ['https://example.com/a.vmdk', /has no checksum/, /URL#sha256:/],
    ['https://example.com/a.vmdk#md5:00', /has no checksum/, /URL#sha256:/],
    [`https://example.com/a.vmdk#sha256:${sha512}`, /128 digits; sha256 has 64/, /list of checksums/],
    ['https://#sha256:00', /is not a URL/, /Example/],
    ['debain', /is not the name of an image/, /Did you mean debian\?/],
    ['debian-9', /is not the name of an image/, /debian-12/],
    ['ubuntu-23.10', /is not the name of an image/, /ubuntu-24\.04/],
    ['', /is not the name of an image/, /a file needs its path/],
  ];
  for (const [text, message, hint] of refused) {
    it(`is not ${JSON.stringify(text.slice(0, 40))}`, async () => {
      const error = await failureOf(() => parse(text));
      expect(error).to.include({ code: 'FLAG_INVALID' });
      expect(error.message)
        .to.match(/^--virtualbox-image "/)
        .and.to.match(message);
      expect(error.hint).to.match(hint);
    });
  }
});

describe('the architecture of a guest', () => {
  it("is the computer's", async () => {
    expect([guestArchitecture('x64'), guestArchitecture('arm64')]).to.deep.equal(['amd64', 'arm64']);
    expect(await failureOf(() => guestArchitecture('riscv64'))).to.include({ code: 'DRIVER_UNSUPPORTED' });
  });
});
