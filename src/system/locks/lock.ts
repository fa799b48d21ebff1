import { mkdir, rmdir, rmdirSync, stat, utimes } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { TsmachineError, systemCode } from '../../base/errors.js';
import { diskError } from '../files/disk-error.js';
import { makePrivateDir } from '../files/atomic.js';
import { type Waiting, enterQueue, startWaiting } from './lock-queue.js';
import { staleWatch } from './stale-lock.js';

export interface LockOptions {
  /** What the lock protects, as errors name it: `machine "m1"`. */
  readonly what: string;
  readonly signal?: AbortSignal;
  /** Milliseconds to wait for others; default 60 000. */
  readonly timeout?: number;
  /** Called once, when somebody else holds the lock. */
  readonly onWait?: () => void;
}

/** Milliseconds between two heartbeats. */
const heartbeat = 1000;
/** Milliseconds without a heartbeat until a lock counts as stale. */
const staleAfter = 5000;

/**
 * Runs `use` while holding the lock `<lockFile>.lock`, which excludes other processes and other callers in this one. Callers of one
 * process get the lock in order. A holder that was killed loses the lock 5 s later; the lock is released on errors and when the program
 * ends.
 * @throws TsmachineError STORE_LOCKED after `timeout`, or when the lock was lost while `use` ran, so that its result must not be used;
 * STORE_UNWRITABLE and STORE_FULL when the lock cannot be created; the signal's reason; what `use` throws.
 */
export async function withLock<T>(lockFile: string, options: LockOptions, use: () => Promise<T>): Promise<T> {
  const path = resolve(lockFile);
  const waiting = startWaiting({ ...options, timeout: options.timeout ?? 60_000, lock: `${path}.lock` });
  const leaveQueue = await enterQueue(path, waiting);
  try {
    const lock = await acquire(path, waiting);
    let result: T;
    try {
      result = await use();
      if (await lock.lost()) throw lockLost(options.what);
    } catch (error) {
      await lock.release().catch(() => undefined); // the first failure is the one to tell
      throw error;
    }
    await lock.release();
    return result;
  } finally {
    leaveQueue();
  }
}

interface HeldLock {
  /** Whether another process has taken the lock in the meantime. */
  lost(): Promise<boolean>;
  release(): Promise<void>;
}

async function acquire(path: string, waiting: Waiting): Promise<HeldLock> {
  await makePrivateDir(dirname(path));
  const removeIfStale = staleWatch(`${path}.lock`, { staleAfter, observeFor: 2 * heartbeat });
  for (;;) {
    waiting.check();
    const lock = await tryLock(path);
    if (lock) return lock;
    waiting.announce();
    if (!removeIfStale()) await waiting.pause();
  }
}

/** Tries once; undefined when somebody else holds the lock. */
async function tryLock(path: string): Promise<HeldLock | undefined> {
  const { default: lockfile } = await import('proper-lockfile');
  const marks = markedFiles();
  let compromised = false;
  try {
    const release = await lockfile.lock(path, {
      realpath: false,
      // Its own removal of stale locks can remove a lock that another waiter has just taken: staleWatch does that instead.
      stale: Infinity,
      update: heartbeat,
      retries: 0,
      fs: marks.fs,
      onCompromised: () => {
        compromised = true;
      },
    });
    return {
      lost: async () => compromised || !(await marks.stillOurs()),
      release: async () => {
        if (compromised) return;
        await release().catch((error: unknown) => {
          throw diskError(error, 'The work is done, but cannot remove the lock', `${path}.lock`);
        });
      },
    };
  } catch (error) {
    if (systemCode(error) === 'ELOCKED') return undefined;
    throw diskError(error, 'Cannot make the lock', `${path}.lock`);
  }
}

type Done = (error: NodeJS.ErrnoException | null) => void;

/**
 * The file functions for the lock library. They record the times that the lock was marked with, which distinguish it from another
 * process's lock, and they never remove another process's lock.
 */
function markedFiles() {
  let folder = '';
  const marks: number[] = [];
  const isOurs = (modified: Date) => marks.slice(-2).some((mark) => Math.abs(mark - modified.getTime()) <= heartbeat);
  const stillOurs = () =>
    new Promise<boolean>((decided, failed) => {
      stat(folder, (error, found) => {
        if (!error) decided(isOurs(found.mtime));
        else if (error.code === 'ENOENT') decided(false);
        else failed(diskError(error, 'Cannot check the lock', folder));
      });
    });
  const fs = {
    stat,
    mkdir: (path: string, done: Done) => {
      folder = path;
      mkdir(path, 0o700, done);
    },
    utimes: (path: string, accessed: Date, modified: Date, done: Done) => {
      marks.push(modified.getTime());
      utimes(path, accessed, modified, done);
    },
    rmdir: (path: string, done: Done) => {
      stat(path, (error, found) => {
        if (error || !isOurs(found.mtime)) done(null);
        else rmdir(path, done);
      });
    },
    rmdirSync,
  };
  return { fs, stillOurs };
}

function lockLost(what: string): TsmachineError {
  const text = `Another tsmachine took the lock of ${what}, because this one was suspended or blocked for more than ${staleAfter / 1000} s`;
  return new TsmachineError('STORE_LOCKED', text, {
    hint: 'Run the command again: it continues where it stopped',
  });
}
