import { installModes, type EngineInstall } from '../base/machine.js';
import { TsmachineError } from '../base/errors.js';
import type { FlagValues } from '../base/flags.js';
import { run, say } from '../base/text.js';
import { isJson } from './conform.js';
import { readJsonFile, writeJsonFile } from './json-file.js';

/** facts.json: what only tsmachine knows about a machine. Keys that are not listed here, a newer version's, are kept in the object. */
export interface Facts {
  /** ISO 8601. */
  readonly createdAt?: string;
  /** The host was adopted, not created. */
  readonly adopted?: boolean;
  readonly osId?: string;
  readonly osName?: string;
  readonly engineVersion?: string;
  readonly provisioner?: string;
  /** How the engine gets onto the host, so that a later `provision` does the same. */
  readonly engineInstall?: EngineInstall;
  /** The driver's flags it was created with, without secrets. */
  readonly flags?: FlagValues;
}

const schema: { readonly [key in keyof Required<Facts>]: (value: unknown) => boolean } = {
  createdAt: isText,
  adopted: (value) => typeof value === 'boolean',
  osId: isText,
  osName: isText,
  engineVersion: isText,
  provisioner: isText,
  engineInstall: isEngineInstall,
  flags: isFlagValues,
};

/** @throws TsmachineError CONFIG_UNREADABLE for a file that does not hold facts, naming what does not fit */
export async function readFactsFile(file: string, name: string): Promise<Facts> {
  const found = await readJsonFile(file);
  if (found === undefined) return {};
  const { value } = found;
  if (!isJson(value)) throw unreadable(file, name, 'it is not a JSON object');
  const misfit = Object.entries(schema).find(([key, fits]) => value[key] !== undefined && !fits(value[key]));
  if (misfit) throw unreadable(file, name, `"${misfit[0]}" is not what belongs there`);
  return value;
}

export async function writeFactsFile(file: string, facts: Facts): Promise<void> {
  await writeJsonFile(file, facts);
}

export function isEngineInstall(value: unknown): value is EngineInstall {
  return (
    isJson(value) &&
    installModes.some((mode) => mode === value['mode']) &&
    (value['version'] === undefined || isText(value['version'])) &&
    (value['allowRemovals'] === undefined || typeof value['allowRemovals'] === 'boolean') &&
    (value['insecure'] === undefined || typeof value['insecure'] === 'boolean')
  );
}

export function isFlagValues(value: unknown): value is FlagValues {
  return isJson(value) && Object.values(value).every(isFlagValue);
}

function isFlagValue(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value) || (Array.isArray(value) && value.every(isText));
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function unreadable(file: string, name: string, why: string): TsmachineError {
  return new TsmachineError('CONFIG_UNREADABLE', `Cannot read ${file}: ${why}`, {
    hint: say`Delete the file, then write it again: ${run('provision', name)}`,
  });
}
