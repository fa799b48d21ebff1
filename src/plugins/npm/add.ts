import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { TsmachineError, systemCode } from '../../base/errors.js';
import { run, say } from '../../base/text.js';
import { diskError } from '../../system/files/disk-error.js';
import { makePrivateDir } from '../../system/files/atomic.js';
import { makeProcessFolder, removeAbandoned } from '../../system/files/process-folder.js';
import { fetchTarball, type FetchOptions } from './fetch.js';
import { describePackage, isObject, readPackageJson, type DriverPackage } from './package.js';
import { readPins, writePins, type Pin } from './pins.js';
import { unpackPackage } from './unpack.js';

/** A package that was fetched and looked at. None of its code has run. */
export interface Candidate {
  readonly pack: DriverPackage;
  readonly pin: Pin;
  /** The pin of the package that it takes the place of. */
  readonly before: Pin | undefined;
}

const stagingPrefix = '.new-';

/**
 * Fetches a package and unpacks it beside its place. If `use` returns true, it is moved there and pinned; else nothing is left of it.
 * @param plugins the store's folder for driver packages
 * @throws TsmachineError as `fetchTarball`, `unpackPackage` and `describePackage`; DRIVER_PACKAGE also for a package that needs others, and
 *   for a version that was added before with other content
 */
export async function stagePackage(
  spec: string,
  plugins: string,
  options: Omit<FetchOptions, 'folder'>,
  use: (candidate: Candidate) => Promise<boolean>,
): Promise<void> {
  await makePrivateDir(plugins);
  await removeAbandoned(join(plugins, stagingPrefix));
  const staging = await makeProcessFolder(join(plugins, stagingPrefix)).catch((error: unknown) => {
    throw diskError(error, 'Cannot make a folder in', plugins);
  });
  try {
    const { bytes, from, integrity } = await fetchTarball(spec, { ...options, folder: join(staging, 'fetched') });
    const unpacked = join(staging, 'package');
    await unpackPackage(bytes, unpacked, options.signal);
    const pack = describePackage((await readPackageJson(unpacked)) ?? {}, unpacked, from);
    refuseNeeds(pack, from);
    const before = (await readPins(plugins))[pack.name];
    const pin = { version: pack.version, from, integrity };
    refuseOther(pack, pin, before);
    if (await use({ pack, pin, before })) await moveIn(pack, pin, { plugins, staging });
  } finally {
    await rm(staging, { recursive: true, force: true }).catch(() => undefined); // then the next `driver add` removes it
  }
}

/** Only what is in the tarball is there when the driver runs. */
function refuseNeeds({ name, version, json }: DriverPackage, from: string): void {
  const bundled = json['bundleDependencies'] ?? json['bundledDependencies'];
  const has = (one: string) => bundled === true || (Array.isArray(bundled) && bundled.includes(one));
  const names = (field: string) => (isObject(json[field]) ? Object.keys(json[field]) : []);
  const missing = [
    ...names('dependencies').filter((one) => !has(one)),
    ...names('peerDependencies').filter((one) => one !== 'tsmachine' && !has(one)),
  ];
  if (missing.length === 0) return;
  throw new TsmachineError('DRIVER_PACKAGE', `${name} ${version} (${from}) needs ${missing.join(', ')}, which it does not bring along`, {
    hint: `Its authors can bundle them (bundleDependencies). Until then install it beside tsmachine: npm install -g ${name}@${version}`,
  });
}

/** A version that was published is never changed: if it is, somebody else did it. */
function refuseOther({ name, version, driver }: DriverPackage, pin: Pin, before: Pin | undefined): void {
  if (before === undefined || before.version !== version || before.integrity === pin.integrity) return;
  const what = `${before.integrity} from ${before.from}, now ${pin.integrity}`;
  throw new TsmachineError('DRIVER_PACKAGE', `${name} ${version} was added before with other content: ${what}`, {
    hint: say`If you know why, remove it first: ${run('driver', 'rm', driver)}`,
  });
}

async function moveIn({ name, dir }: DriverPackage, pin: Pin, { plugins, staging }: { plugins: string; staging: string }): Promise<void> {
  const place = join(plugins, ...name.split('/'));
  const old = join(staging, 'old');
  try {
    await mkdir(dirname(place), { recursive: true, mode: 0o700 });
    await rename(place, old).catch((error: unknown) => {
      if (systemCode(error) !== 'ENOENT') throw error;
    });
    await rename(dir, place);
  } catch (error) {
    await rename(old, place).catch(() => undefined); // there may have been none
    throw diskError(error, 'Cannot write', place);
  }
  await writePins(plugins, { ...(await readPins(plugins)), [name]: pin });
}

/**
 * Deletes a package of the store, and its pin.
 * @throws TsmachineError STORE_UNWRITABLE; CONFIG_UNREADABLE for pins that cannot be read
 */
export async function deletePackage(name: string, plugins: string): Promise<void> {
  const { [name]: _gone, ...rest } = await readPins(plugins);
  await writePins(plugins, rest); // first: what is not pinned is not loaded
  const place = join(plugins, ...name.split('/'));
  try {
    await rm(place, { recursive: true, force: true });
  } catch (error) {
    throw diskError(error, 'Cannot delete', place);
  }
}
