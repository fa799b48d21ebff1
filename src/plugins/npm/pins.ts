import { join } from 'node:path';

import { TsmachineError } from '../../base/errors.js';
import { jsonOrNothing } from '../../base/json.js';
import { readIfExists, writeAtomic } from '../../system/files/atomic.js';
import { isObject } from './package.js';

/** A package of the store, as it was when the user agreed to it. */
export interface Pin {
  readonly version: string;
  /** Where it came from: an address, or a file's path. */
  readonly from: string;
  /** Digest of the tarball: `sha512-` and base64, as npm writes it. */
  readonly integrity: string;
}

/** By the package's name. */
export type Pins = Readonly<Record<string, Pin>>;

/** The file that says which packages the user agreed to. @param plugins the store's folder for them */
export const pinsFile = (plugins: string) => join(plugins, 'packages.json');

/** @throws TsmachineError CONFIG_UNREADABLE, CONFIG_FUTURE */
export async function readPins(plugins: string): Promise<Pins> {
  const file = pinsFile(plugins);
  const text = await readIfExists(file);
  if (text === undefined) return {};
  const value = jsonOrNothing(text);
  if (isObject(value) && value['version'] === 1 && isObject(value['packages']) && Object.values(value['packages']).every(isPin)) {
    return value['packages'] as Pins;
  }
  if (isObject(value) && typeof value['version'] === 'number' && value['version'] > 1) {
    throw new TsmachineError('CONFIG_FUTURE', `${file} was written by a newer tsmachine`, {
      hint: 'Use the tsmachine that wrote it, or a newer one',
    });
  }
  throw new TsmachineError('CONFIG_UNREADABLE', `Cannot read ${file}, which says which driver packages may be used`, {
    hint: 'Delete it, and add the packages again',
  });
}

/** @throws TsmachineError STORE_UNWRITABLE, STORE_FULL */
export async function writePins(plugins: string, packages: Pins): Promise<void> {
  await writeAtomic(pinsFile(plugins), `${JSON.stringify({ version: 1, packages }, null, 2)}\n`, 0o600);
}

function isPin(value: unknown): boolean {
  return isObject(value) && ['version', 'from', 'integrity'].every((field) => typeof value[field] === 'string');
}
