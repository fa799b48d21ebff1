import { driverSources } from '../access/driver-registry.js';
import { TsmachineError } from '../../base/errors.js';
import type { DriverSearch, DriverSource } from '../../driver/source.js';
import { findFolders, readFolder } from '../../plugins/npm/find.js';
import type { Session } from '../session.js';

/** A driver that was found; several may have one name. */
export interface ListedDriver {
  readonly driver: string;
  /** Where it comes from: `built in`, `npm package` and so on. */
  readonly kind: string;
  /** A package's name and version. */
  readonly package?: string;
  readonly version?: string;
  /** Its folder or program; none for what is built in. */
  readonly path?: string;
  /** Whether it is the one that machines get. */
  readonly used: boolean;
  /** Why it cannot be used. */
  readonly problem?: string;
}

type Found = Omit<ListedDriver, 'used'>;

/** Every driver of this computer, by name, and of one name in the order of preference. None of them is run. */
export async function listDrivers(session: Session): Promise<ListedDriver[]> {
  const { env, signal, storePath, driverPath } = session;
  const search = { env, signal, storePath, driverPath };
  const found: Found[] = [];
  for (const source of await driverSources()) {
    if (source.kind === 'npm package') found.push(...(await packages(search)));
    else for (const driver of await source.names(search)) found.push(...(await placed(driver, source, search)));
  }
  const first = new Map<string, Found>();
  for (const one of found) if (!first.has(one.driver)) first.set(one.driver, one);
  const listed = found.map((one) => ({ ...one, used: first.get(one.driver) === one }));
  return listed.sort((a, b) => (a.driver < b.driver ? -1 : a.driver > b.driver ? 1 : 0));
}

async function placed(driver: string, source: DriverSource, search: DriverSearch): Promise<Found[]> {
  const { kind } = source;
  if (kind === 'built in') return [{ driver, kind }];
  const [path] = (await source.where?.(driver, search)) ?? [];
  return [{ driver, kind, ...(path === undefined ? {} : { path }) }];
}

async function packages(search: DriverSearch): Promise<Found[]> {
  return Promise.all(
    (await findFolders(search)).map(async (folder) => {
      const found = { driver: folder.driver, kind: 'npm package', package: folder.name, path: folder.dir };
      try {
        return { ...found, version: (await readFolder(folder)).version };
      } catch (error) {
        return { ...found, problem: TsmachineError.from(error).message };
      }
    }),
  );
}
