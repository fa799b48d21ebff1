import { chmodSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { computerLocksDir, withComputerLock } from '../../../../src/system/locks/computer-lock.js';
import { failureOf } from '../../../helpers/failure.js';
import { scratch } from '../../../helpers/scratch.js';
import { skip } from '../../../helpers/skip.js';

describe('the locks of the computer', () => {
  it('lie where no other user can make a folder first', () => {
    expect(computerLocksDir({ HOME: '/root' }, 'linux', 0)).to.equal('/run/tsmachine/locks');
    expect(computerLocksDir({ HOME: '/home/ann' }, 'linux', 1000)).to.equal('/home/ann/.local/state/tsmachine/locks/computer');
    expect(computerLocksDir({ HOME: '/Users/ann' }, 'darwin', 501)).to.equal(
      '/Users/ann/Library/Application Support/tsmachine/locks/computer',
    );
  });

  it('are in a checked folder of their own where there is no home', () => {
    expect(computerLocksDir({}, 'linux', 1000)).to.equal(join(tmpdir(), 'tsmachine-1000'));
  });

  it('are taken in no folder that somebody else may have made', async function () {
    if (process.platform === 'win32') skip(this, 'Windows keeps a profile to its user');
    const [shared, theirs] = [scratch(), scratch()];
    symlinkSync(theirs, join(shared, 'link'));
    mkdirSync(join(shared, 'open'));
    chmodSync(join(shared, 'open'), 0o777);
    for (const folder of ['link', 'open']) {
      const taken = () => withComputerLock(join(shared, folder), 'x', { what: 'x' }, () => Promise.resolve());
      expect((await failureOf(taken)).code, folder).to.equal('STORE_UNWRITABLE');
    }
    expect(readdirSync(theirs)).to.deep.equal([]);
    expect(
      await withComputerLock(join(shared, 'own'), 'a/../b', { what: 'x' }, () => Promise.resolve(readdirSync(join(shared, 'own')))),
    ).to.deep.equal(['a_.._b.lock']);
  });
});
