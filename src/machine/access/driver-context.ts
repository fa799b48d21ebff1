import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

import type { DriverContext } from '../../driver/contract.js';
import type { DriverData } from '../../base/machine.js';
import { prefixed } from '../../base/io.js';
import { logIn, type LoginMachine } from './login.js';
import type { Secrets, Session } from '../session.js';

const computerLockTimeout = 15 * 60_000;

/** Builds what a driver may do to the world, for one machine. Everything heavy is loaded on first use. */
export function driverContext(session: Session, machine: LoginMachine, checkpoint: (data: DriverData) => Promise<void>): DriverContext {
  const { store, signal } = session;
  const { name } = machine;
  const io = prefixed(session.io, name);
  const paths = store.machine(name);
  return {
    io,
    signal,
    machineName: name,
    machineDir: paths.dir,
    cacheDir: store.paths.cacheDir,
    checkpoint,
    async exec(file, args, options = {}) {
      const { run } = await import('../../system/processes/exec.js');
      return run(file, args, { ...options, signal });
    },
    async spawnDetached(file, args, logFile) {
      const { spawnDetached } = await import('../../system/processes/exec.js');
      return spawnDetached(file, args, logFile);
    },
    async ssh(endpoint, use) {
      const connection = await logIn(session, machine, endpoint);
      try {
        return await use(connection);
      } finally {
        await connection.close();
      }
    },
    async download(url, options = {}) {
      const { downloadWithProgress } = await import('./download.js');
      return downloadWithProgress(url, store.paths.cacheDir, { ...options, signal }, io);
    },
    async fetchText(url) {
      const { fetchText } = await import('../../system/http/fetch-text.js');
      return fetchText(url, { signal, ...githubLogin(url, session.secrets) });
    },
    async lock(lockName, use) {
      const { withLock } = await import('../../system/locks/lock.js');
      return withLock(
        computerLock(lockName),
        {
          what: lockName,
          signal,
          timeout: computerLockTimeout,
          onWait: () => {
            io.progress(`Waiting for another tsmachine (${lockName})`);
          },
        },
        use,
      );
    },
  };
}

/** The token goes to GitHub's lists of releases, and nowhere else. */
export function githubLogin(url: string, { githubToken: token = '' }: Secrets): { token?: string } {
  return token !== '' && /^https:\/\/(?:api\.github\.com|[^/]+\/api\/v3)\/repos\//i.test(url) ? { token } : {};
}

/** Locks of the computer lie outside every store, in a folder per user so that no other user can hold them. */
function computerLock(lockName: string): string {
  const user = process.getuid?.() ?? userInfo().username;
  const base = process.platform === 'linux' && user === 0 ? '/run/lock' : tmpdir();
  return join(base, `tsmachine-${user}`, lockName.replace(/[^\w.-]/g, '_'));
}
