import { expect } from 'chai';
import * as tar from 'tar-stream';

import { type ArchiveFile, seal, unseal } from '../../../../src/transfer/archive/archive.js';
import { packWithDigest } from '../../../../src/transfer/archive/digest.js';
import { endOfTar } from '../../../../src/transfer/archive/tar.js';
import { failureOf } from '../../../helpers/failure.js';

const modified = new Date('2026-11-20T10:00:00Z');
/** Cheap guesses: the tests ask for no security. */
const cost = { N: 1024, r: 8, p: 1 };
const files: ArchiveFile[] = [
  { path: 'tsmachine.json', content: Buffer.from('{"version":1}') },
  { path: 'machines/one/key.pem', content: Buffer.from('a secret key') },
  { path: 'machines/one/empty', content: Buffer.alloc(0) },
];
const neverAsked = () => Promise.reject(new Error('nobody should be asked'));
const answer = (passphrase: string) => () => Promise.resolve(passphrase);

describe('archive: readable exports', () => {
  it('give back what was put in, without asking for a passphrase', async () => {
    expect(await unseal(await seal(files, { modified }), neverAsked)).to.deep.equal(files);
  });

  it('are tar files that any tar program reads', async () => {
    const extract = tar.extract();
    extract.end(await seal(files, { modified }));
    const names: string[] = [];
    for await (const entry of extract) {
      names.push(entry.header.name);
      entry.resume();
    }
    expect(names).to.deep.equal([...files.map(({ path }) => path), 'SHA256']);
  });

  it('notice every single changed byte', async () => {
    const bytes = await seal(files, { modified });
    for (let at = 0; at < bytes.length; at += 31) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(await failureOf(unseal(changed, neverAsked)), `byte ${at}`).to.have.property('code', 'ARCHIVE_INVALID');
    }
  });

  it('notice where they are cut off, and what was added', async () => {
    const bytes = await seal(files, { modified });
    for (const end of [0, 1, 15, 600, bytes.length - 2048, bytes.length - 512, bytes.length - 1]) {
      expect(await failureOf(unseal(bytes.subarray(0, end), neverAsked)), `${end} bytes`).to.have.property('code', 'ARCHIVE_INVALID');
    }
    expect(await failureOf(unseal(Buffer.concat([bytes, Buffer.alloc(512)]), neverAsked))).to.have.property('code', 'ARCHIVE_INVALID');
  });

  it('are told from other files', async () => {
    expect((await failureOf(unseal(Buffer.from('hello'), neverAsked))).message).to.equal('The file is not an export of tsmachine');
  });
});

describe('archive: encrypted exports', () => {
  it('give back what was put in, and show nothing of it', async () => {
    const bytes = await seal(files, { modified, passphrase: 'käse', cost });
    expect(bytes.includes('secret')).to.equal(false);
    expect(bytes.includes('machines')).to.equal(false);
    expect(await unseal(bytes, answer('käse'))).to.deep.equal(files);
    expect(await unseal(bytes, answer('ka\u0308se')), 'the same text in another normal form').to.deep.equal(files);
  });

  it('are not opened by another passphrase', async () => {
    const bytes = await seal(files, { modified, passphrase: 'right', cost });
    expect(await failureOf(unseal(bytes, answer('wrong')))).to.include({ code: 'ARCHIVE_PASSPHRASE' });
  });

  it('notice changes in header, content and tag, and where they are cut off', async () => {
    const bytes = await seal(files, { modified, passphrase: 'right', cost });
    for (let at = 0; at < bytes.length; at += 61) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect((await failureOf(unseal(changed, answer('right')))).code, `byte ${at}`).to.match(/^ARCHIVE_/);
    }
    for (const end of [30, 100, 400, bytes.length - 1]) {
      expect(await failureOf(unseal(bytes.subarray(0, end), answer('right'))), `${end} bytes`).to.have.property('code', 'ARCHIVE_INVALID');
    }
  });

  it('notice changes in words of the header that nobody reads', async () => {
    const bytes = await seal(files, { modified, passphrase: 'right', cost });
    const changed = Buffer.from(bytes.toString('latin1').replace('aes-256-gcm', 'aes-128-gcm'), 'latin1');
    expect(await failureOf(unseal(changed, answer('right')))).to.have.property('code', 'ARCHIVE_INVALID');
  });

  it('do not let a header take all memory', async () => {
    const bytes = await seal(files, { modified, passphrase: 'right', cost });
    const parameters = '"N":1024,"r":8,"p":1';
    for (const greedy of [
      '"N":16777216,"r":8,"p":1',
      '"N":131072,"r":64,"p":1',
      '"N":131072,"r":8,"p":16',
      '"N":8192,"r":8,"p":64',
      '"N":1024,"r":64,"p":64',
    ]) {
      const changed = Buffer.from(bytes.toString('latin1').replace(parameters, greedy), 'latin1');
      const started = performance.now();
      expect(await failureOf(unseal(changed, answer('right'))), greedy).to.include({
        code: 'ARCHIVE_INVALID',
        message: 'The export is damaged: its header asks for more memory or time than tsmachine takes to derive a key',
      });
      expect(performance.now() - started).to.be.below(1000);
    }
  });

  it('do not let a header pass for another one', async () => {
    const bytes = await seal(files, { modified, passphrase: 'right', cost });
    for (const [from, to] of [
      ['"N":1024', '"N":1'],
      ['"N":1024', '"N":1023'],
      ['"N":1024', '"N":-1024'],
      ['"r":8', '"r":0'],
      ['"p":1', '"p":1.5'],
      [/"salt":"[^"]*"/, '"salt":{"toString":1}'],
    ] as const) {
      const changed = Buffer.from(bytes.toString('latin1').replace(from, to), 'latin1');
      expect(await failureOf(unseal(changed, answer('right'))), to).to.include({
        code: 'ARCHIVE_INVALID',
        message: 'The export is damaged: its header was changed',
      });
    }
  });

  it('of a newer version say so', async () => {
    const bytes = await seal(files, { modified, passphrase: 'right', cost });
    const newer = Buffer.from(bytes.toString('latin1').replace('encrypted 1', 'encrypted 2'), 'latin1');
    expect((await failureOf(unseal(newer, answer('right')))).message).to.match(/a format that this version does not know/);
  });
});

describe('archive: hostile entries', () => {
  const manifest = { path: 'tsmachine.json', content: Buffer.from('{}') };
  for (const path of [
    '../evil',
    '/etc/passwd',
    'machines/../../evil',
    'machines/one/..',
    './x',
    'a//b',
    'C:evil',
    'a\\..\\b',
    'machines/one/',
  ]) {
    it(`are refused: ${path}`, async () => {
      const bytes = await packWithDigest([manifest, { path, content: Buffer.from('x') }], modified);
      expect(await failureOf(unseal(bytes, neverAsked))).to.have.property('code', 'ARCHIVE_INVALID');
    });
  }

  for (const type of ['symlink', 'link', 'directory', 'fifo'] as const) {
    it(`are refused: a ${type}`, async () => {
      const archive = tar.pack();
      archive.entry({ name: 'tsmachine.json' }, '{}');
      archive.entry({ name: 'machines/one/key.pem', type, linkname: '/etc/shadow' });
      archive.finalize();
      const chunks: Buffer[] = [];
      for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk);
      const body = Buffer.concat(chunks).subarray(0, -endOfTar);
      const tail = (await packWithDigest([], modified)).length;
      // the digest of what a forger writes is as good as anybody's
      const { createHash } = await import('node:crypto');
      const { packTar } = await import('../../../../src/transfer/archive/tar.js');
      const digest = await packTar(
        [{ path: 'SHA256', content: Buffer.from(`${createHash('sha256').update(body).digest('hex')}\n`) }],
        new Date(0),
      );
      expect(digest).to.have.length(tail);
      expect((await failureOf(unseal(Buffer.concat([body, digest]), neverAsked))).message).to.match(/is not a file but a/);
    });
  }

  it('are refused: one path twice, in whatever case', async () => {
    const content = Buffer.from('x');
    const bytes = await packWithDigest([manifest, { path: 'machines/one/a', content }, { path: 'machines/ONE/a', content }], modified);
    expect((await failureOf(unseal(bytes, neverAsked))).message).to.match(/twice/);
  });
});
