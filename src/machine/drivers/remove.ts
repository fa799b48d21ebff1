import { driverNames, driverPlaces } from '../access/driver-registry.js';
import { TsmachineError } from '../../base/errors.js';
import { run, say } from '../../base/text.js';
import { deletePackage } from '../../plugins/npm/add.js';
import { driverOf, packageOf } from '../../plugins/npm/package.js';
import { readPins } from '../../plugins/npm/pins.js';
import { lockPaths } from '../../store/paths.js';
import { withLock } from '../../system/locks/lock.js';
import type { Session } from '../session.js';

/** A machine that needs a driver, and where it is. */
interface Needing {
  readonly machine: string;
  readonly store: string;
}

/**
 * Removes a driver's packages from the store.
 * @param name the driver's name, or the package's
 * @returns the packages that were removed
 * @throws TsmachineError DRIVER_UNKNOWN when the store has no such package; DRIVER_PACKAGE when a store of this computer has machines of it
 */
export async function removeDriver(session: Session, name: string): Promise<string[]> {
  const { store, signal } = session;
  return withLock(lockPaths(store.paths).plugins, { what: "the store's driver packages", signal }, async () => {
    const pins = await readPins(store.paths.pluginsDir);
    const packages = Object.keys(pins).filter((one) => one === name || one === packageOf(name) || driverOf(one) === name);
    const driver = driverOf(packages[0] ?? '');
    if (driver === undefined) throw await notAdded(session, name);
    const needing = await machinesOf(session, driver);
    if (needing.length > 0) throw inUse(driver, needing);
    for (const one of packages) await deletePackage(one, store.paths.pluginsDir);
    return packages;
  });
}

/** The machines of a driver in this store, and in those that the computer remembers. */
async function machinesOf({ store, registry, io }: Session, driver: string): Promise<Needing[]> {
  const here = await Promise.all(
    (await store.names()).map(async (machine) => {
      const found = await store.load(machine).catch((error: unknown) => {
        // nothing was made yet; any other that cannot be read may be of this driver
        if (TsmachineError.is(error) && ['MACHINE_INCOMPLETE', 'MACHINE_NOT_FOUND'].includes(error.code)) return undefined;
        throw error;
      });
      return found?.config.DriverName === driver ? [{ machine, store: store.root }] : [];
    }),
  );
  const elsewhere = (
    await registry.all((problem) => {
      io.warn(problem);
    })
  )
    .filter(({ path }) => path !== store.root)
    .flatMap(({ path, machines }) =>
      Object.entries(machines).flatMap(([machine, known]) => (known.driver === driver ? [{ machine, store: path }] : [])),
    );
  return [...here.flat(), ...elsewhere];
}

function inUse(driver: string, needing: readonly Needing[]): TsmachineError {
  const listed = needing.map(({ machine, store }) => `${machine} (${store})`).join(', ');
  return new TsmachineError('DRIVER_PACKAGE', `The driver "${driver}" is needed by ${listed}`, {
    hint: say`Remove these machines first: ${run('rm', ...new Set(needing.map(({ machine }) => machine)))}`,
  });
}

async function notAdded(session: Session, name: string): Promise<TsmachineError> {
  const driver = driverOf(packageOf(name)) ?? name;
  if (driverNames().includes(driver))
    return new TsmachineError('DRIVER_UNKNOWN', `The driver "${driver}" is built in: it cannot be removed`);
  const [place] = await driverPlaces(driver, session);
  const where = place === undefined ? '' : `; there is one in ${place}, which is removed as it was installed`;
  return new TsmachineError('DRIVER_UNKNOWN', `This store has no driver package "${name}"${where}`, {
    hint: say`See what there is: ${run('driver', 'ls')}`,
  });
}
