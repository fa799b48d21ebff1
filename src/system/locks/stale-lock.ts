import { type Stats, closeSync, openSync, rmSync, rmdirSync, statSync } from 'node:fs';

import { systemCode } from '../../base/errors.js';
import { diskError } from '../files/disk-error.js';

interface Terms {
  /** Milliseconds without a heartbeat (the folder's modification time) until a lock counts as stale. */
  readonly staleAfter: number;
  /** Milliseconds for which we must have watched it ourselves: after a suspend, the holder wakes up at the same time as we do. */
  readonly observeFor: number;
}

/**
 * Watches a lock folder and removes it when its holder is dead.
 * @returns a function to call repeatedly while waiting; it returns true when it removed a stale lock.
 */
export function staleWatch(lock: string, terms: Terms): () => boolean {
  let seen = '';
  let since = 0;
  return () => {
    const found = statOf(lock);
    if (!found) return false;
    if (identity(found) !== seen) {
      seen = identity(found);
      since = performance.now();
    }
    const watched = performance.now() - since >= terms.observeFor;
    return watched && Date.now() - found.mtimeMs > terms.staleAfter && removeOnce(lock, seen, terms.staleAfter);
  };
}

/**
 * Removes exactly the lock that was seen. Only one of several waiters may do so: the one that creates a file named after the lock.
 * Otherwise the second waiter would remove the lock that the first one has taken in the meantime. If the waiter that created the file
 * died, the next one uses the next number.
 */
function removeOnce(lock: string, seen: string, staleAfter: number): boolean {
  try {
    for (let number = 0; ; number++) {
      const claim = `${lock}.stale-${seen}-${number}`;
      if (create(claim)) {
        const found = statOf(lock);
        const same = found !== undefined && identity(found) === seen;
        if (same) rmdirSync(lock);
        for (let used = number; used >= 0; used--) rmSync(`${lock}.stale-${seen}-${used}`, { force: true });
        return same;
      }
      const other = statOf(claim);
      if (!other || Date.now() - other.mtimeMs < staleAfter) return false;
    }
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return true;
    throw diskError(error, 'Cannot remove the stale lock', lock);
  }
}

function create(path: string): boolean {
  try {
    closeSync(openSync(path, 'wx', 0o600));
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

function identity(found: Stats): string {
  return `${found.ino}-${Math.floor(found.mtimeMs)}`;
}
