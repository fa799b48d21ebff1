import { existsSync, readFileSync, statSync } from 'node:fs';

import { TsmachineError, systemCode } from '../base/errors.js';
import { jsonOrNothing } from '../base/json.js';
import { ownField } from '../base/machine.js';
import { run, say, type Text } from '../base/text.js';
import { unreadable, writeAtomic } from '../system/files/atomic.js';
import type { MachinePaths } from './paths.js';
import type { Place } from './config/relocate.js';
import { isJson } from './conform.js';
import { type HostConfig, parseHostConfig, serializeHostConfig } from './config/schema.js';

/** A machine as the store holds it. */
export interface StoredMachine {
  readonly name: string;
  readonly config: HostConfig;
}

/**
 * Reads one machine's config.json. The read is synchronous on purpose: for a file of 2 KB it takes a tenth of the time, and a thousand
 * reads at once do not use up the files that a process may have open.
 */
export async function loadMachine({ root, name }: Place, files: MachinePaths): Promise<StoredMachine> {
  const bytes = readConfig(name, files);
  const source = { root, name, path: files.config, hint: () => backupHint(name, files) };
  const { config, migratedFrom } = parseHostConfig(bytes.toString('utf8'), source);
  if (migratedFrom !== undefined) await keepMigrated(bytes, config, files);
  const own = readOwn(name, files);
  return { name, config: own ? { ...config, Driver: { ...config.Driver, [ownField]: own } } : config };
}

/** What the driver keeps beside config.json; undefined when there is none. */
function readOwn(name: string, files: MachinePaths): object | undefined {
  let text: string;
  try {
    text = readFileSync(files.driver, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw unreadable(error, files.driver);
  }
  const own = jsonOrNothing(text);
  if (isJson(own)) return own;
  throw new TsmachineError('CONFIG_UNREADABLE', `Cannot read ${files.driver}: it is not a JSON object`, {
    hint: say`If there is no copy of the file, remove the machine: ${run('rm', '-f', name)}`,
  });
}

function readConfig(name: string, files: MachinePaths): Buffer {
  try {
    return readFileSync(files.config);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw unreadable(error, files.config);
    throw pathExists(files.dir) ? incomplete(name, files) : notFound(name);
  }
}

function pathExists(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    throw unreadable(error, path);
  }
}

/** Where the disk cannot be written, the machine is used as it was read and is migrated again next time. */
async function keepMigrated(old: Uint8Array, config: HostConfig, files: MachinePaths): Promise<void> {
  try {
    await writeAtomic(files.configBackup, old, 0o600);
    await writeAtomic(files.config, serializeHostConfig(config), 0o600);
  } catch (error) {
    if (!TsmachineError.is(error) || (error.code !== 'STORE_UNWRITABLE' && error.code !== 'STORE_FULL')) throw error;
  }
}

function backupHint(name: string, files: MachinePaths): Text {
  const remove = say`remove the machine: ${run('rm', '-f', name)}`;
  if (!existsSync(files.configBackup)) return say`If there is no copy of the file, ${remove}`;
  return say`Restore ${files.configBackup} (an older version of the file), or ${remove}`;
}

function incomplete(name: string, files: MachinePaths): TsmachineError {
  return new TsmachineError('MACHINE_INCOMPLETE', `The creation of machine "${name}" did not finish: ${files.config} is missing`, {
    hint: say`Repeat the ${run('create')} to continue where it stopped, or remove it: ${run('rm', '-f', name)}`,
  });
}

/** Docker Machine's words, which scripts look for (docs/compatibility.md: Errors). */
function notFound(name: string): TsmachineError {
  return new TsmachineError(
    'MACHINE_NOT_FOUND',
    say`Docker machine "${name}" does not exist. Use "${run('ls')}" to list machines. Use "${run('create')}" to add a new one.`,
  );
}
