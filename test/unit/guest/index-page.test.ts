import { expect } from 'chai';

import { listedDigests, listedFolders, newestFolder } from '../../../src/guest/image/index-page.js';
import { failureOf } from '../../helpers/failure.js';

const page = (...names: string[]) =>
  [
    '<a href="?C=N;O=D">Name</a>',
    '<a href="/images/cloud/">Parent</a>',
    '<a href="../">up</a>',
    ...names.map((name) => `<td><a href="${name}">${name}</a></td>`),
  ].join('\n');

describe('the page of a folder', () => {
  it('lists what is below it, and nothing else', () => {
    expect(listedFolders(page('trixie/', './daily/', 'SHA512SUMS', 'https://example.com/x/'))).to.deep.equal(['..', 'trixie', 'daily']);
  });

  it('has a newest folder, by numbers and not by letters', () => {
    expect(newestFolder(page('20260826-2582/', '20260826-999/', '20251231-9999/', 'latest/', 'daily/'), /^\d{8}-\d+$/)).to.equal(
      '20260826-2582',
    );
    expect(newestFolder(page('release/', 'release-20260911.10/', 'release-20260911.9/', 'release-20260911/'), /^release-\d/)).to.equal(
      'release-20260911.10',
    );
    expect(newestFolder(page('latest/'), /^\d{8}-\d+$/)).to.equal(undefined);
  });
});

describe('a list of checksums', () => {
  const sha256 = '0aB1'.repeat(16);
  const sha512 = 'f'.repeat(128);

  it('is read as both vendors write it', () => {
    expect(
      Object.fromEntries(listedDigests(`${sha256} *a.img\n${sha256.toLowerCase()}  b.vmdk\r\nshort *c\n${sha512}  d\n`, 'sha256', 'u')),
    ).to.deep.equal({
      'a.img': { algorithm: 'sha256', value: sha256.toLowerCase() },
      'b.vmdk': { algorithm: 'sha256', value: sha256.toLowerCase() },
    });
    expect([...listedDigests(`${sha512}  debian.qcow2\n`, 'sha512', 'u').keys()]).to.deep.equal(['debian.qcow2']);
  });

  it('is not any page', async () => {
    for (const text of ['', '<html></html>', `${sha256} *a.img`]) {
      expect((await failureOf(() => listedDigests(text, 'sha512', 'https://x/SHA512SUMS'))).message).to.equal(
        'https://x/SHA512SUMS is not a list of sha512 checksums',
      );
    }
  });
});
