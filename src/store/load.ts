import { existsSync, readFileSync, statSync } from 'node:fs';

import { TsmachineError, systemCode } from '../base/errors.js';
import { unreadable, writeAtomic } from '../system/files/atomic.js';
import type { MachinePaths } from './paths.js';
import type { Place } from './config/relocate.js';
import { type HostConfig, parseHostConfig, serializeHostConfig } from './config/schema.js';

export interface Machine {
  readonly name: string;
  readonly config: HostConfig;
}

/**
 * Reads one machine's config.json. The read is synchronous on purpose: for a file of 2 KB it takes a tenth of the time,
 * and a thousand at once do not use up the open files a process may have.
 */
export async function loadMachine({ root, name }: Place, files: MachinePaths): Promise<Machine> {
  const bytes = readConfig(name, files);
  const source = { root, name, path: files.config, hint: () => backupHint(name, files) };
  const { config, migratedFrom } = parseHostConfig(bytes.toString('utf8'), source);
  if (migratedFrom !== undefined) await keepMigrated(bytes, config, files);
  return { name, config };
}

function readConfig(name: string, files: MachinePaths): Buffer {
  try {
    return readFileSync(files.config);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw unreadable(error, files.config);
    throw isThere(files.dir) ? incomplete(name, files) : notFound(name);
  }
}

function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    throw unreadable(error, path);
  }
}

/** On a disk that cannot be written the machine is used as it was read, and migrated again next time. */
async function keepMigrated(old: Uint8Array, config: HostConfig, files: MachinePaths): Promise<void> {
  try {
    await writeAtomic(files.configBackup, old, 0o600);
    await writeAtomic(files.config, serializeHostConfig(config), 0o600);
  } catch (error) {
    if (!TsmachineError.is(error) || (error.code !== 'STORE_UNWRITABLE' && error.code !== 'STORE_FULL')) throw error;
  }
}

function backupHint(name: string, files: MachinePaths): string {
  const remove = `remove the machine: tsmachine rm -f ${name}`;
  if (!existsSync(files.configBackup)) return `If there is no copy of the file, ${remove}`;
  return `Restore ${files.configBackup} (an older version of the file), or ${remove}`;
}

function incomplete(name: string, files: MachinePaths): TsmachineError {
  return new TsmachineError('MACHINE_INCOMPLETE', `Machine "${name}" is half made: ${files.config} is missing`, {
    hint: `Create it again (tsmachine create continues where it stopped), or remove it: tsmachine rm -f ${name}`,
  });
}

/** Docker Machine's words (spec 1.6). */
function notFound(name: string): TsmachineError {
  const text = `Docker machine "${name}" does not exist. Use "tsmachine ls" to list machines. Use "tsmachine create" to add a new one.`;
  return new TsmachineError('MACHINE_NOT_FOUND', text);
}
