import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { quote } from '../base/quote.js';
import { stagingPrefix } from '../store/paths.js';
import { systemCode } from '../base/errors.js';
import type { Session } from '../machine/session.js';
import type { Findings } from '../base/findings.js';

/** Milliseconds without a sign of life after which a lock has no holder: each renews its own every second. */
const lockStale = 10_000;
/** Nobody unpacks or adopts for an hour. */
const stagingStale = 3_600_000;

/** What programs that were killed left in the store. */
export async function checkLeftovers(session: Session, found: Findings): Promise<void> {
  const { locksDir, machinesDir } = session.store.paths;
  const locks = await olderThan(locksDir, (name) => name.endsWith('.lock'), lockStale);
  for (const lock of locks) found.warning('locks', `The lock ${lock} was left behind by a program that was killed`, `rmdir ${quote(lock)}`);
  if (locks.length === 0) found.ok('locks', 'No lock was left behind');
  const stages = await olderThan(machinesDir, (name) => name.startsWith(stagingPrefix), stagingStale);
  for (const stage of stages)
    found.warning('leftovers', `An import or adopt that was killed left ${stage}, with keys in it`, `rm -r ${quote(stage)}`);
}

async function olderThan(folder: string, wanted: (name: string) => boolean, age: number): Promise<string[]> {
  const old = await Promise.all(
    (await entries(folder)).filter(wanted).map(async (name) => {
      const path = join(folder, name);
      const since = await lastSign(path);
      return since !== undefined && Date.now() - since > age ? [path] : [];
    }),
  );
  return old.flat().sort();
}

async function entries(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Undefined when it has just gone. */
async function lastSign(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
