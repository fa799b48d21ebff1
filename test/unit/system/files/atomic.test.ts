import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { TsmachineError, whyUnusable } from '../../../../src/base/errors.js';
import { diskError } from '../../../../src/system/files/disk-error.js';
import { makePrivateDir, readIfExists, writeAtomic } from '../../../../src/system/files/atomic.js';
import { failureOf } from '../../../helpers/failure.js';
import { scratch } from '../../../helpers/scratch.js';
import { skip } from '../../../helpers/skip.js';

const mode = (path: string) => statSync(path).mode & 0o7777;

async function underUmask<T>(mask: number, work: () => Promise<T>): Promise<T> {
  const old = process.umask(mask);
  try {
    return await work();
  } finally {
    process.umask(old);
  }
}

describe('writeAtomic', () => {
  for (const umask of [0o000, 0o022, 0o077]) {
    it(`gives the exact mode under umask ${umask.toString(8).padStart(3, '0')}`, async () => {
      const folder = scratch();
      await underUmask(umask, async () => {
        await writeAtomic(join(folder, 'private'), 'x', 0o600);
        await writeAtomic(join(folder, 'public'), 'x', 0o644);
      });
      expect(mode(join(folder, 'private'))).to.equal(0o600);
      expect(mode(join(folder, 'public'))).to.equal(0o644);
    });
  }

  it('closes a file that was open to others', async () => {
    const file = join(scratch(), 'f');
    writeFileSync(file, 'old');
    chmodSync(file, 0o666);
    await writeAtomic(file, 'new', 0o600);
    expect([mode(file), readFileSync(file, 'utf8')]).to.deep.equal([0o600, 'new']);
  });

  it('writes texts, bytes and nothing, and leaves no temporary file', async () => {
    const folder = scratch();
    await writeAtomic(join(folder, 'a'), 'grüße', 0o600);
    await writeAtomic(join(folder, 'b'), new Uint8Array([0, 255, 10]), 0o600);
    await writeAtomic(join(folder, 'c'), '', 0o600);
    expect(readFileSync(join(folder, 'a'), 'utf8')).to.equal('grüße');
    expect([...readFileSync(join(folder, 'b'))]).to.deep.equal([0, 255, 10]);
    expect(readdirSync(folder)).to.deep.equal(['a', 'b', 'c']);
  });

  it('replaces the file: who has the old one open keeps it', async () => {
    const file = join(scratch(), 'f');
    await writeAtomic(file, 'old', 0o600);
    const before = statSync(file).ino;
    await writeAtomic(file, 'new', 0o600);
    expect(statSync(file).ino).not.to.equal(before);
  });

  it('keeps the last of many writes at once', async () => {
    const file = join(scratch(), 'f');
    await Promise.all(Array.from({ length: 20 }, (_, index) => writeAtomic(file, `${index}`.repeat(1000), 0o600)));
    expect(readFileSync(file, 'utf8')).to.equal('19'.repeat(1000));
  });

  it('follows a link to the file', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'real'), 'old');
    symlinkSync(join(folder, 'real'), join(folder, 'link'));
    await writeAtomic(join(folder, 'link'), 'new', 0o600);
    expect(readFileSync(join(folder, 'real'), 'utf8')).to.equal('new');
  });

  it('says what is wrong with the path', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'file'), '');
    mkdirSync(join(folder, 'folder'));
    const below = await failureOf(writeAtomic(join(folder, 'file', 'x'), 'x', 0o600));
    expect(below).to.include({ code: 'STORE_UNWRITABLE' });
    expect(below.message)
      .to.contain(join(folder, 'file', 'x'))
      .and.to.contain('file where a folder should be');
    expect((await failureOf(writeAtomic(join(folder, 'gone', 'x'), 'x', 0o600))).message).to.contain(
      `there is no folder ${join(folder, 'gone')}`,
    );
    expect(await failureOf(writeAtomic(join(folder, 'folder'), 'x', 0o600))).to.include({ code: 'STORE_UNWRITABLE' });
    expect(readdirSync(folder)).to.deep.equal(['file', 'folder']);
  });
});

describe('diskError', () => {
  const made = (code: string) => diskError(Object.assign(new Error(code), { code }), 'Cannot write', '/s/config.json');

  it('tells a full disk from one that cannot be written', () => {
    expect(made('ENOSPC')).to.include({ code: 'STORE_FULL' });
    expect(made('EDQUOT')).to.include({ code: 'STORE_FULL' });
    expect(made('EDQUOT').message).to.contain('quota');
    expect(made('EROFS').message).to.equal('Cannot write /s/config.json: the disk is read-only');
    expect(made('EACCES').message).to.equal('Cannot write /s/config.json: permission denied');
    expect(made('EIO').message).to.contain('I/O error');
    for (const code of ['EROFS', 'EACCES', 'EPERM', 'ENOTDIR', 'EIO']) expect(made(code)).to.include({ code: 'STORE_UNWRITABLE' });
  });

  it('says in words why a file that was named cannot be read', () => {
    const why = (path: string) => {
      try {
        return readFileSync(path, 'utf8');
      } catch (error) {
        return whyUnusable(error);
      }
    };
    const folder = scratch();
    writeFileSync(join(folder, 'file'), '');
    expect([join(folder, 'no'), folder, join(folder, 'file', 'x')].map(why)).to.deep.equal([
      'there is no such file',
      'it is a folder',
      'a part of the path is a file, not a folder',
    ]);
  });

  it('lets our own errors pass', () => {
    const error = new TsmachineError('CANCELLED', 'x');
    expect(diskError(error, 'Cannot write', '/s')).to.equal(error);
  });
});

describe('makePrivateDir', () => {
  for (const umask of [0o000, 0o077, 0o177]) {
    it(`makes a whole path with mode 0700 under umask ${umask.toString(8).padStart(3, '0')}`, async () => {
      const folder = scratch();
      await underUmask(umask, () => makePrivateDir(join(folder, 'a', 'b', 'c')));
      expect(['a', 'a/b', 'a/b/c'].map((path) => mode(join(folder, path)))).to.deep.equal([0o700, 0o700, 0o700]);
    });
  }

  it('leaves folders that are there as they are', async () => {
    const folder = scratch();
    mkdirSync(join(folder, 'open'));
    chmodSync(join(folder, 'open'), 0o755);
    await makePrivateDir(join(folder, 'open'));
    await makePrivateDir(join(folder, 'open', 'new'));
    expect([mode(join(folder, 'open')), mode(join(folder, 'open', 'new'))]).to.deep.equal([0o755, 0o700]);
  });

  it('may be called many times at once', async () => {
    const path = join(scratch(), 'a', 'b', 'c');
    await Promise.all(Array.from({ length: 20 }, () => makePrivateDir(path)));
    expect(statSync(path).isDirectory()).to.equal(true);
  });

  it('gives up where the system makes no folders', async function () {
    if (process.platform !== 'linux') skip(this, 'needs /proc');
    expect(await failureOf(makePrivateDir('/proc/nowhere/at/all'))).to.have.property('code', 'STORE_UNWRITABLE');
  });

  it('refuses a path with a file in it', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'file'), '');
    expect((await failureOf(makePrivateDir(join(folder, 'file')))).message).to.contain('file where a folder should be');
    expect(await failureOf(makePrivateDir(join(folder, 'file', 'x', 'y')))).to.include({ code: 'STORE_UNWRITABLE' });
  });
});

describe('readIfExists', () => {
  it('reads a text, and says nothing of a file that is not there', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'f'), 'text');
    expect(await readIfExists(join(folder, 'f'))).to.equal('text');
    expect(await readIfExists(join(folder, 'none'))).to.equal(undefined);
    expect(await readIfExists(join(folder, 'none', 'f'))).to.equal(undefined);
  });

  it('says why it cannot read', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'f'), '');
    expect((await failureOf(readIfExists(folder))).message).to.contain('it is a folder');
    expect(await failureOf(readIfExists(join(folder, 'f', 'x')))).to.include({ code: 'CONFIG_UNREADABLE' });
  });
});
