import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';

import { expect } from 'chai';

import { withLock } from '../../../../src/system/locks/lock.js';
import { failureOf } from '../../../helpers/failure.js';
import { scratch } from '../../../helpers/scratch.js';

const what = 'machine "m1"';
const age = (path: string, milliseconds: number) => {
  const time = new Date(Date.now() - milliseconds);
  utimesSync(path, time, time);
};

describe('withLock', () => {
  let file: string;
  beforeEach(() => {
    file = join(scratch(), 'locks', 'm1');
  });

  it('makes its folder, holds the lock while the work runs, and gives the result', async () => {
    const result = await withLock(file, { what }, async () => {
      expect(statSync(`${file}.lock`).mode & 0o777).to.equal(0o700);
      return Promise.resolve('done');
    });
    expect(result).to.equal('done');
    expect(readdirSync(join(file, '..'))).to.deep.equal([]);
    expect(statSync(join(file, '..')).mode & 0o777).to.equal(0o700);
  });

  it('gives the lock back when the work fails', async () => {
    const error = new Error('work');
    await withLock(file, { what }, () => Promise.reject(error)).then(
      () => expect.fail(),
      (thrown: unknown) => {
        expect(thrown).to.equal(error);
      },
    );
    expect(existsSync(`${file}.lock`)).to.equal(false);
    expect(await withLock(file, { what }, () => Promise.resolve(1))).to.equal(1);
  });

  it('lets ten callers of one process work in order, one at a time', async () => {
    const done: number[] = [];
    let inside = 0;
    await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        withLock(file, { what }, async () => {
          expect(++inside).to.equal(1);
          for (let turns = 0; turns < 5; turns++) await turn();
          inside--;
          done.push(index);
        }),
      ),
    );
    expect(done).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('does not mix up different locks', async () => {
    await withLock(file, { what }, () => withLock(`${file}2`, { what }, () => Promise.resolve()));
  });

  it('says once that it waits, and gives up in time, naming what and the lock', async () => {
    mkdirSync(`${file}.lock`, { recursive: true });
    let waits = 0;
    const error = await failureOf(
      withLock(
        file,
        {
          what,
          timeout: 300,
          onWait: () => {
            waits++;
          },
        },
        () => Promise.resolve(),
      ),
    );
    expect(error.code).to.equal('STORE_LOCKED');
    expect(error.message).to.contain(what);
    expect(error.hint).to.contain(`${file}.lock`);
    expect(waits).to.equal(1);
    expect(existsSync(`${file}.lock`)).to.equal(true);
  });

  it('gives up waiting for its own process as well, without disturbing the next', async () => {
    const finished: string[] = [];
    let finish = () => {};
    const first = withLock(
      file,
      { what },
      () =>
        new Promise<void>((done) => {
          finish = done;
        }),
    );
    const second = failureOf(withLock(file, { what, timeout: 50 }, () => Promise.resolve()));
    const third = withLock(file, { what }, () => Promise.resolve(finished.push('third')));
    expect(await second).to.include({ code: 'STORE_LOCKED' });
    expect(finished).to.deep.equal([]);
    finish();
    await Promise.all([first, third]);
    expect(finished).to.deep.equal(['third']);
  });

  it('stops waiting when aborted, for another process and for its own', async () => {
    const reason = new Error('Ctrl-C');
    const abortedWait = async () => {
      const abort = new AbortController();
      const work = withLock(
        file,
        {
          what,
          signal: abort.signal,
          onWait: () => {
            abort.abort(reason);
          },
        },
        () => Promise.resolve(),
      );
      await work.then(
        () => expect.fail(),
        (error: unknown) => {
          expect(error).to.equal(reason);
        },
      );
    };
    await withLock(file, { what }, abortedWait);
    mkdirSync(`${file}.lock`, { recursive: true });
    await abortedWait();
  });

  it('fails when the lock was taken away during the work, and leaves the new one alone', async () => {
    for (const change of ['removed', 'taken'] as const) {
      const error = await failureOf(
        withLock(file, { what }, async () => {
          rmdirSync(`${file}.lock`);
          if (change === 'taken') {
            mkdirSync(`${file}.lock`);
            age(`${file}.lock`, -7000);
          }
          return Promise.resolve();
        }),
      );
      expect(error.code).to.equal('STORE_LOCKED');
      expect(error.message).to.contain('took the lock');
      expect(existsSync(`${file}.lock`), change).to.equal(change === 'taken');
    }
  });

  it('says when the lock cannot be made', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'locks'), '');
    const work = withLock(join(folder, 'locks', 'm1'), { what }, () => Promise.resolve());
    expect(await failureOf(work)).to.include({ code: 'STORE_UNWRITABLE' });
  });
});
