import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { staleWatch } from '../../../../src/system/locks/stale-lock.js';
import { scratch } from '../../../helpers/scratch.js';

const terms = { staleAfter: 5000, observeFor: 0 };
const set = (path: string, secondsAgo: number) => {
  const time = new Date(Math.floor(Date.now() / 1000 - secondsAgo) * 1000);
  utimesSync(path, time, time);
};

describe('staleWatch', () => {
  let lock: string;
  beforeEach(() => {
    lock = join(scratch(), 'm1.lock');
    mkdirSync(lock);
    set(lock, 60);
  });

  it('removes a lock without a sign of life, and leaves nothing', () => {
    expect(staleWatch(lock, terms)()).to.equal(true);
    expect(readdirSync(join(lock, '..'))).to.deep.equal([]);
  });

  it('leaves a living one, and one that it has not watched long enough', () => {
    expect(staleWatch(lock, { ...terms, observeFor: 10_000 })()).to.equal(false);
    set(lock, 3);
    expect(staleWatch(lock, terms)()).to.equal(false);
    expect(existsSync(lock)).to.equal(true);
  });

  it('has nothing to do with a lock that is gone', () => {
    rmdirSync(lock);
    expect(staleWatch(lock, terms)()).to.equal(false);
  });

  it('leaves the removal to the waiter that claimed it first', () => {
    const [claim] = claimsOf(lock);
    writeFileSync(claim, '');
    expect(staleWatch(lock, terms)()).to.equal(false);
    expect(existsSync(lock)).to.equal(true);
  });

  it('goes on where that waiter died', () => {
    const [claim, next] = claimsOf(lock);
    writeFileSync(claim, '');
    set(claim, 10);
    writeFileSync(next, '');
    set(next, 10);
    expect(staleWatch(lock, terms)()).to.equal(true);
    expect(readdirSync(join(lock, '..'))).to.deep.equal([]);
  });
});

/** The names under which waiters claim the removal of this very lock: processes agree on them. */
function claimsOf(lock: string): [string, string] {
  const { ino, mtimeMs } = statSync(lock);
  return [`${lock}.stale-${ino}-${Math.floor(mtimeMs)}-0`, `${lock}.stale-${ino}-${Math.floor(mtimeMs)}-1`];
}
