import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { ensureOwnFolder } from '../../../../src/system/files/own-folder.js';
import { failureOf } from '../../../helpers/failure.js';
import { scratch } from '../../../helpers/scratch.js';
import { skip } from '../../../helpers/skip.js';

describe('a folder of this user alone', () => {
  before(function () {
    if (process.platform === 'win32') skip(this, 'Windows keeps a profile to its user');
  });

  it('is made, whatever the umask, and is then used again', async () => {
    const path = join(scratch(), 'a', 'b');
    const before = process.umask(0);
    try {
      await ensureOwnFolder(path);
    } finally {
      process.umask(before);
    }
    expect(lstatSync(path).mode & 0o777).to.equal(0o700);
    await ensureOwnFolder(path);
  });

  it('is no link, though it leads to one', async () => {
    const folder = scratch();
    mkdirSync(join(folder, 'ours'), { mode: 0o700 });
    symlinkSync(join(folder, 'ours'), join(folder, 'link'));
    expect((await failureOf(() => ensureOwnFolder(join(folder, 'link')))).message).to.match(/link is not used, because it is a link/);
    expect(readdirSync(join(folder, 'ours'))).to.deep.equal([]);
  });

  for (const mode of [0o777, 0o1777, 0o755, 0o770]) {
    it(`is none that others can enter: ${mode.toString(8)}`, async () => {
      const path = scratch();
      chmodSync(path, mode);
      const refused = await failureOf(() => ensureOwnFolder(path));
      expect([refused.code, refused.hint]).to.deep.equal(['STORE_UNWRITABLE', `chmod 700 ${path}`]);
    });
  }

  it('is none of another user', async function () {
    if (process.getuid?.() !== 0) skip(this, 'only root can give a folder away');
    const path = scratch();
    chmodSync(path, 0o700);
    chownSync(path, 65_534, 65_534);
    expect((await failureOf(() => ensureOwnFolder(path))).message).to.include('belongs to the user with the id 65534');
    chownSync(path, 0, 0);
  });
});
