import { driverNames } from '../access/driver-registry.js';
import { TsmachineError } from '../../base/errors.js';
import { withLock } from '../../system/locks/lock.js';
import { lockPaths } from '../../store/paths.js';
import { stagePackage } from '../../plugins/npm/add.js';
import { loadPackage } from '../../plugins/npm/load.js';
import type { Pin } from '../../plugins/npm/pins.js';
import type { Session } from '../session.js';

/** A driver package that may be added, before any of its code has run. */
export interface OfferedPackage extends Pin {
  /** The package's name. */
  readonly package: string;
  readonly driver: string;
  /** The version that it takes the place of. */
  readonly before: string | undefined;
}

export interface AddOptions {
  /** The digest that the tarball must have: `sha512-` and base64. */
  readonly integrity?: string | undefined;
  /** Asked before any code of the package runs; where it returns false, nothing is left of the package. */
  readonly agree: (offered: OfferedPackage) => Promise<boolean>;
}

/**
 * Adds a driver package to the store: fetches it, checks it, asks, tries whether its driver keeps to the contract, and pins its digest.
 * @param spec `NAME`, `NAME@VERSION`, the path of a tarball or its address
 * @returns what was added; undefined when it was not agreed to
 * @throws TsmachineError DRIVER_PACKAGE for a package that cannot be used; USAGE, DOWNLOAD, STORE_UNWRITABLE; the signal's reason
 */
export async function addDriver(session: Session, spec: string, { integrity, agree }: AddOptions): Promise<OfferedPackage | undefined> {
  const { store, env, signal } = session;
  let added: OfferedPackage | undefined;
  await withLock(lockPaths(store.paths).plugins, { what: "the store's driver packages", signal }, () =>
    stagePackage(spec, store.paths.pluginsDir, { env, signal, integrity }, async ({ pack, pin, before }) => {
      refuseBuiltIn(pack.driver, pack.name);
      const offered = { package: pack.name, driver: pack.driver, before: before?.version, ...pin };
      const known = before?.integrity === pin.integrity;
      if (!known && !(await agree(offered))) return false;
      const module = await loadPackage(pack);
      await module.describe();
      const driver = await module.open({ env, signal });
      await driver.close();
      added = offered;
      return true;
    }),
  );
  return added;
}

function refuseBuiltIn(driver: string, name: string): void {
  if (!driverNames().includes(driver)) return;
  throw new TsmachineError('DRIVER_PACKAGE', `${name} would never be used: the driver "${driver}" is built in`, {
    hint: 'A package for the same machines needs another name',
  });
}
