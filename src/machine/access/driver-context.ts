import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

import type { DriverContext } from '../../driver/contract.js';
import type { DriverData } from '../../base/machine.js';
import { prefixed } from '../../base/io.js';
import type { Session } from '../session.js';

const computerLockTimeout = 15 * 60_000;

/** Builds what a driver may do to the world, for one machine. Everything heavy loads when it is first used. */
export function driverContext(session: Session, name: string, checkpoint: (data: DriverData) => Promise<void>): DriverContext {
  const { store, signal } = session;
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
      const { connect } = await import('../../ssh/dial/connect.js');
      const connection = await connect(endpoint, {
        machine: name,
        knownHostsFile: paths.knownHosts,
        unknownHostKey: endpoint.hostKeyKnown === true ? 'refuse' : 'trust',
        io: session.io,
        signal,
        env: session.env,
      });
      try {
        return await use(connection);
      } finally {
        await connection.close();
      }
    },
    async download(url, options = {}) {
      const { downloadTold } = await import('./download.js');
      return downloadTold(url, store.paths.cacheDir, { ...options, signal }, io);
    },
    async fetchText(url) {
      const { fetchText } = await import('../../system/http/fetch-text.js');
      return fetchText(url, { signal, ...githubLogin(url, session.env) });
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

/** Lists of releases are asked for with the token of `--github-api-token`, as Docker Machine did: without one GitHub answers 60 times an hour. */
export function githubLogin(url: string, env: NodeJS.ProcessEnv): { token?: string } {
  const token = env['MACHINE_GITHUB_API_TOKEN'] ?? '';
  return token !== '' && /^https:\/\/(?:api\.github\.com|[^/]+\/api\/v3)\/repos\//i.test(url) ? { token } : {};
}

/** Locks of the computer lie outside every store, one folder per user so that nobody else can hold them open. */
function computerLock(lockName: string): string {
  const user = process.getuid?.() ?? userInfo().username;
  const base = process.platform === 'linux' && user === 0 ? '/run/lock' : tmpdir();
  return join(base, `tsmachine-${user}`, lockName.replace(/[^\w.-]/g, '_'));
}
