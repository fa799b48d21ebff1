import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { mountPointOf } from '../../../../src/system/files/mount-point.js';
import { scratch } from '../../../helpers/scratch.js';

describe('where a path is mounted', () => {
  it('is the same for what is there and for what is not there any more', async () => {
    const folder = scratch();
    await mkdir(join(folder, 'store'));
    const mount = await mountPointOf(folder);
    expect(folder.startsWith(mount)).to.equal(true);
    expect(await mountPointOf(join(folder, 'store'))).to.equal(mount);
    expect(await mountPointOf(join(folder, 'gone', 'store'))).to.equal(mount);
  });

  it('follows symbolic links, and is another one when they lead nowhere', async function () {
    if (process.platform !== 'linux') this.skip();
    const link = join(scratch(), 'link');
    await symlink('/proc/self', link);
    expect(await mountPointOf('/proc/self/nothing')).to.equal('/proc');
    expect(await mountPointOf(link)).to.equal('/proc');
    const dead = join(scratch(), 'dead');
    await symlink('/proc/nothing/store', dead);
    expect(await mountPointOf(dead)).to.equal(await mountPointOf(scratch()));
  });
});
