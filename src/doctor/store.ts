import { mkdtemp, rmdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';

import type { Findings } from '../base/findings.js';
import { quote } from '../base/quote.js';
import type { Session } from '../machine/session.js';
import { isHeldLock, probePrefix, stagingPrefix } from '../store/paths.js';
import { diskError } from '../system/files/disk-error.js';
import { entriesIfExists, statIfExists } from '../system/files/if-exists.js';
import { readIfExists } from '../system/files/atomic.js';
import { reportExpiry } from './certificates.js';
import type { Check } from './check.js';

const megabyte = 1024 * 1024;
/** Below this many bytes a configuration may no longer fit. */
const faultBytes = 20 * megabyte;
/** Below this many bytes an image or an export may no longer fit. */
const warningBytes = 500 * megabyte;
/** Milliseconds after which a lock that was not renewed has no holder: each holder renews its lock every second. */
const lockStale = 10_000;
/** Milliseconds: no import or adopt takes an hour. */
const stagingStale = 3_600_000;

export const storeChecks: readonly Check<Session>[] = [
  {
    name: 'store',
    async run({ store }, found) {
      const { root } = store;
      if (!(await statIfExists(root))) {
        found.ok('store', `There is no store at ${root} yet; the first create makes it`);
        return;
      }
      await tryToWrite(root);
      await store.names();
      found.ok('store', `${root} can be written`);
    },
  },
  {
    name: 'disk-space',
    async run({ store: { root } }, found) {
      if (!(await statIfExists(root))) return;
      const { bavail, bsize } = await statfs(root);
      const free = bavail * bsize;
      const level = free < faultBytes ? 'fault' : free < warningBytes ? 'warning' : 'ok';
      found.add(level, 'disk-space', `${Math.floor(free / megabyte)} MB are free for the store`, `df -h ${quote(root)}`);
    },
  },
  {
    name: 'modes',
    async run(session, found) {
      if (process.platform === 'win32' || !(await statIfExists(session.store.root))) return; // Windows has no such modes
      await checkModes(session, found);
    },
  },
  {
    name: 'ca',
    async run({ store }, found) {
      const { ca, caKey, cert } = store.paths;
      if ((await readIfExists(ca)) === undefined) {
        found.ok('ca', 'There is no CA yet; the first create makes it');
        return;
      }
      await reportExpiry(found, 'NAME', [
        { role: 'CA', path: ca },
        { role: 'client', path: cert },
      ]);
      if ((await readIfExists(caKey)) === undefined) {
        found.warning('ca', `The CA's key ${caKey} is missing: no certificate can be made or renewed`, 'Restore it from a backup');
      }
    },
  },
  {
    name: 'locks',
    async run({ store: { paths } }, found) {
      const left = await olderThan(paths.locksDir, isHeldLock, lockStale);
      for (const lock of left)
        found.warning('locks', `The lock ${lock} was left behind by a process that was killed`, `rmdir ${quote(lock)}`);
      if (left.length === 0) found.ok('locks', 'No lock was left behind');
    },
  },
  {
    name: 'leftovers',
    async run({ store: { paths } }, found) {
      for (const folder of await olderThan(paths.machinesDir, (name) => name.startsWith(stagingPrefix), stagingStale))
        found.warning('leftovers', `An import or adopt that was killed left ${folder}, which holds keys`, `rm -r ${quote(folder)}`);
    },
  },
];

async function tryToWrite(root: string): Promise<void> {
  try {
    await rmdir(await mkdtemp(join(root, probePrefix)));
  } catch (error) {
    throw diskError(error, 'Cannot write', root);
  }
}

/** Keys that others can read are faults; folders that others can open are warnings. */
async function checkModes({ store }: Session, found: Findings): Promise<void> {
  const { paths } = store;
  const machines = (await store.names()).map((name) => store.machine(name));
  const keys = [
    paths.caKey,
    paths.key,
    ...machines.flatMap((one) => [one.key, one.caKey, one.serverKey, one.sshKey, one.userSshKey, one.rsaKey]),
  ];
  const others = [paths.root, paths.certsDir, paths.machinesDir, ...machines.flatMap((one) => [one.dir, one.config])];
  const [openKeys, openOthers] = await Promise.all([readableByOthers(keys), readableByOthers(others)]);
  if (openKeys.length > 0)
    found.fault('modes', `Other users can read private keys: ${openKeys.join(', ')}`, `chmod 600 ${quote(...openKeys)}`);
  if (openOthers.length > 0)
    found.warning('modes', `Other users can look into the store: ${openOthers.join(', ')}`, `chmod go-rwx ${quote(...openOthers)}`);
  if (openKeys.length + openOthers.length === 0) found.ok('modes', 'No other user can read the store');
}

async function readableByOthers(paths: readonly string[]): Promise<string[]> {
  const modes = await Promise.all(paths.map(async (path) => ({ path, mode: (await statIfExists(path))?.mode ?? 0 })));
  return modes.filter(({ mode }) => (mode & 0o077) !== 0).map(({ path }) => path);
}

/** Entries that were not touched for `age` milliseconds, as paths. */
async function olderThan(folder: string, wanted: (name: string) => boolean, age: number): Promise<string[]> {
  const entries = await entriesIfExists(folder);
  const old = await Promise.all(
    entries
      .filter(({ name }) => wanted(name))
      .map(async ({ name }) => {
        const path = join(folder, name);
        const touched = (await statIfExists(path))?.mtimeMs; // undefined when it has just been removed
        return touched !== undefined && Date.now() - touched > age ? [path] : [];
      }),
  );
  return old.flat().sort();
}
