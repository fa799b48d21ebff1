import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { TsmachineError, errorText, systemCode } from '../../base/errors.js';
import { parseJson } from '../../base/json.js';

/** Where packages are found, in the order of preference. */
export type Place = 'driver path' | 'store' | 'beside tsmachine';

/** A driver package as its package.json describes it. None of its code has run. */
export interface DriverPackage {
  /** `tsmachine-driver-NAME`, perhaps with a scope. */
  readonly name: string;
  readonly version: string;
  readonly driver: string;
  /** Its folder. */
  readonly dir: string;
  /** Where it is, for messages. */
  readonly shown: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** The version of the contract that this program speaks. */
export const contract = 2;

const packageName = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?tsmachine-driver-([a-z0-9][a-z0-9-]*)$/;

/** The driver that a package of this name holds; undefined for other packages. */
export function driverOf(name: string): string | undefined {
  return packageName.exec(name)?.[2];
}

/** `hello` is the package `tsmachine-driver-hello`, `@ann/hello` is `@ann/tsmachine-driver-hello`; whole names stay. */
export function packageOf(name: string): string {
  return name.replace(/^(@[^/]+\/)?(?:tsmachine-driver-)?/, '$1tsmachine-driver-');
}

/** The name that a package's folder stands for: `@ann/tsmachine-driver-hello`. */
export function nameByFolder(dir: string): string {
  const scope = basename(dirname(dir));
  return scope.startsWith('@') ? `${scope}/${basename(dir)}` : basename(dir);
}

/**
 * The package.json of a folder.
 * @returns undefined when the folder has none
 * @throws TsmachineError DRIVER_PACKAGE when it cannot be read
 */
export async function readPackageJson(dir: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const json = parseJson(await readFile(join(dir, 'package.json'), 'utf8'));
    if (isObject(json)) return json;
    throw new SyntaxError('it is no object');
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
    throw new TsmachineError('DRIVER_PACKAGE', `Cannot read ${join(dir, 'package.json')}: ${errorText(error)}`, {
      hint: 'Install the driver package again',
      cause: error,
    });
  }
}

/**
 * What a package.json says of its driver, and whether this program can use it. Pure.
 * @param shown where it is, for messages
 * @throws TsmachineError DRIVER_PACKAGE for a package that is no driver, has another name, or was written for another contract
 */
export function describePackage(json: Readonly<Record<string, unknown>>, dir: string, shown = dir): DriverPackage {
  const { name, version } = json;
  const own = isObject(json['tsmachine']) ? json['tsmachine'] : {};
  const driver = typeof name === 'string' ? driverOf(name) : undefined;
  const label = `Driver package ${typeof name === 'string' ? name : nameByFolder(dir)} (${shown})`;
  if (typeof name !== 'string' || driver === undefined || typeof version !== 'string') {
    throw unusable(label, 'its package.json has no name like "tsmachine-driver-NAME", or no version');
  }
  if (typeof own['driver'] !== 'string') {
    const line = `"tsmachine": { "driver": "${driver}", "contract": ${contract} }`;
    throw unusable(label, `its package.json does not say ${line}`);
  }
  if (own['driver'] !== driver) {
    throw unusable(label, `its package.json names driver ${JSON.stringify(own['driver'])}, but its own name stands for "${driver}"`);
  }
  if (own['contract'] !== contract) throw otherContract(`${label}, version ${version},`, own['contract']);
  return { name, version, driver, dir, shown, json };
}

/** @param label the package, for people */
export function otherContract(label: string, written: unknown): TsmachineError {
  const version = typeof written === 'number' ? `version ${written}` : 'no version';
  const newer = typeof written === 'number' && written > contract;
  return new TsmachineError('DRIVER_PACKAGE', `${label} is for ${version} of the driver contract; this tsmachine has version ${contract}`, {
    hint: newer ? 'Use a newer tsmachine, or an older version of the package' : 'Use a newer version of the package',
  });
}

/** @param label the package, for people */
export function unusable(label: string, why: string, cause?: unknown): TsmachineError {
  return new TsmachineError('DRIVER_PACKAGE', `${label} cannot be used: ${why}`, {
    hint: 'Use another version of the package, or tell its authors',
    cause,
  });
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
