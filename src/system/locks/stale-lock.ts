import { type Stats, closeSync, openSync, rmSync, rmdirSync, statSync } from 'node:fs';

import { systemCode } from '../../base/errors.js';
import { diskError } from '../files/disk-error.js';

interface Terms {
  /** Milliseconds without a sign of life (the folder's modification time) until a lock counts as left behind. */
  readonly staleAfter: number;
  /** Milliseconds we must have watched it ourselves: a holder wakes up from a suspended computer at the same time as we do. */
  readonly observeFor: number;
}

/**
 * Watches a lock folder for its holder's death.
 * @returns a function to call again and again while waiting; true when it removed a lock that was left behind.
 */
export function staleWatch(lock: string, terms: Terms): () => boolean {
  let seen = '';
  let since = 0;
  return () => {
    const found = look(lock);
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
 * Removes exactly the lock that was seen. Of several waiters one may: the one that makes a file named after it. Were all to remove
 * what they find, the second would remove the lock that the first has taken since. A claim whose maker died is followed by the next number.
 */
function removeOnce(lock: string, seen: string, staleAfter: number): boolean {
  try {
    for (let number = 0; ; number++) {
      const claim = `${lock}.stale-${seen}-${number}`;
      if (create(claim)) {
        const found = look(lock);
        const same = found !== undefined && identity(found) === seen;
        if (same) rmdirSync(lock);
        for (let used = number; used >= 0; used--) rmSync(`${lock}.stale-${seen}-${used}`, { force: true });
        return same;
      }
      const other = look(claim);
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

function look(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

function identity(found: Stats): string {
  return `${found.ino}-${Math.floor(found.mtimeMs)}`;
}
