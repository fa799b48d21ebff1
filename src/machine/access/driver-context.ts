import { secretsOf, type FlagValues } from '../../base/flags.js';
import { prefixed, type Io } from '../../base/io.js';
import type { DriverData } from '../../base/machine.js';
import type { AccountContext, Driver, DriverContext, RegisteredMachine } from '../../driver/contract.js';
import { ownLedger } from '../../store/identity.js';
import type { Secrets, Session } from '../session.js';
import type { OpenDriver } from './driver-pool.js';
import { computerFiles } from './files.js';
import { limited } from './limit.js';
import { logIn, type LoginMachine } from './login.js';
import type { Resources } from './resources.js';

const computerLockTimeout = 15 * 60_000;

type KnownDriver = Pick<OpenDriver, 'name' | 'flags'>;

/** A machine's driver. */
interface OwnDriver {
  readonly module: KnownDriver;
  readonly driver: Driver;
}

/** The machine as its driver sees it: its data, and what was made for it. */
interface OwnMachine extends LoginMachine {
  readonly module: LoginMachine['module'] & KnownDriver;
  readonly data: DriverData;
  readonly resources: Resources;
  keep(patch: Readonly<Record<string, unknown>>): Promise<DriverData>;
  replace(data: DriverData): Promise<DriverData>;
}

/** Builds what a driver may do to the world, for one machine. Everything heavy loads when it is first used. */
export function driverContext(session: Session, machine: OwnMachine): DriverContext {
  const { store, signal } = session;
  const { name, resources } = machine;
  const io = prefixed(session.io, name);
  const paths = store.machine(name);
  return {
    ...worldOf(session, io),
    machineName: name,
    machineDir: paths.dir,
    secrets: secretsFor(session, machine.module),
    owner: () => resources.owner(),
    data: () => machine.data,
    keep: (patch) => machine.keep(patch),
    replace: (data) => machine.replace(data),
    resource: (key, wanted, calls) => resources.resource(key, wanted, calls),
    resources: () => resources.entries(),
    released: (entry, remove) => resources.released(entry, remove),
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
    async sshHost(host, login = {}) {
      const { sshHostOf } = await import('../../ssh/system/host-of.js');
      return sshHostOf(host, { ...login, io, signal, env: session.env });
    },
    async listens(host, port, timeout = 1000) {
      const { probePort } = await import('../../system/http/probe.js');
      return (await probePort(host, port, { timeout, signal })) === 'open';
    },
    async identity() {
      const { ensureGuestKeys } = await import('../../guest/keys.js');
      return ensureGuestKeys(paths.dir, name);
    },
    async bootData(request) {
      const [{ composeBootData }, { ensureGuestKeys, noteHostKeyExposed, trialKeys }] = await Promise.all([
        import('../../guest/boot-data.js'),
        import('../../guest/keys.js'),
      ]);
      if (request.trial) return composeBootData(request, { machineName: name, keys: trialKeys(paths.dir, name) });
      const composed = composeBootData(request, { machineName: name, keys: await ensureGuestKeys(paths.dir, name) });
      // what a cloud hands to its guests can be read by every program there, and by whoever may look at the machine in the cloud
      if (request.datasource !== 'NoCloud') await noteHostKeyExposed(paths.dir);
      return composed;
    },
  };
}

/** Builds what a driver may do to the world for many machines, or for none. */
export function accountContext(session: Session, driver: KnownDriver): AccountContext {
  const { store, registry } = session;
  return {
    ...worldOf(session, session.io),
    secrets: secretsFor(session, driver),
    storeId: () => store.lockLedger(async () => (await ownLedger(store.root)).id, { signal: session.signal }),
    machineDir: (name) => store.machine(name).dir,
    async registered() {
      const stores = await registry.all((problem) => {
        session.io.debug(problem);
      });
      return stores.flatMap(({ id, machines }) =>
        Object.entries(machines)
          .filter(([, machine]) => machine.driver === driver.name)
          .map(([name, machine]): RegisteredMachine => ({
            owner: { store: id, machine: machine.id },
            name,
            path: machine.path,
            resources: machine.resources,
          })),
      );
    },
  };
}

/**
 * Tells in which account a machine of this driver is: the same text for machines that one call can reach.
 * @returns what makes it of a machine's data
 */
export function accountsOf(session: Session, { driver, module }: OwnDriver): (data: DriverData) => string {
  const secrets = secretsFor(session, module);
  return (data) => `${module.name} ${driver.account?.(data, secrets) ?? ''}`;
}

function secretsFor({ flags: given, env }: Session, { flags }: Pick<KnownDriver, 'flags'>): FlagValues {
  return secretsOf(flags, given, env);
}

/** What is the same for one machine and for many. */
function worldOf(session: Session, io: Io) {
  const { store, signal } = session;
  return {
    io,
    signal,
    ask: (question) => io.secret(question),
    cacheDir: store.paths.cacheDir,
    files: computerFiles,
    async exec(file, args, options = {}) {
      const { run } = await import('../../system/processes/exec.js');
      return run(file, args, { ...options, signal });
    },
    async download(url, options = {}) {
      const { downloadWithProgress } = await import('./download.js');
      return downloadWithProgress(url, store.paths.cacheDir, { ...options, signal }, io);
    },
    async fetchText(url) {
      const { fetchText } = await import('../../system/http/fetch-text.js');
      return fetchText(url, { signal, ...githubLogin(url, session.secrets) });
    },
    limit: (account, use) => limited(account, use, signal),
    async lock(lockName, use) {
      const { computerLocksDir, withComputerLock } = await import('../../system/locks/computer-lock.js');
      return withComputerLock(
        computerLocksDir(session.env),
        lockName,
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
  } satisfies Partial<AccountContext>;
}

/** The token goes to GitHub's lists of releases, and nowhere else. */
export function githubLogin(url: string, { githubToken: token = '' }: Secrets): { token?: string } {
  return token !== '' && /^https:\/\/(?:api\.github\.com|[^/]+\/api\/v3)\/repos\//i.test(url) ? { token } : {};
}
