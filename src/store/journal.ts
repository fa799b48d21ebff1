import { rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

import { TsmachineError } from '../base/errors.js';
import { diskError } from '../system/files/disk-error.js';
import { run, say } from '../base/text.js';
import { isJson } from './conform.js';
import { isNewer, readJsonFile, writeJsonFile } from './json-file.js';

const steps = ['reserved', 'certificates', 'prechecked', 'created', 'running', 'connected', 'detected', 'provisioned', 'verified'] as const;

/** What `create` has done so far, in order. */
export type Step = (typeof steps)[number];

const newest = 1;

/** journal.json: exists while a machine is being made, and is left behind by a `create` that did not finish. */
export interface Journal {
  readonly version: 1;
  readonly operation: 'create';
  readonly driver: string;
  /** SHA-256 of the request, in hexadecimal digits: a later `create` continues this one only when its request is the same. */
  readonly request: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly done: readonly Step[];
  /** The words after the program's name that repeat the request; absent when another program made it. */
  readonly command?: readonly string[];
}

/**
 * @returns undefined when the machine is finished or was never begun
 * @throws TsmachineError CONFIG_FUTURE for a journal of a newer version; MACHINE_INCOMPLETE for any other that cannot be read
 */
export async function readJournal(file: string): Promise<Journal | undefined> {
  const found = await readJsonFile(file);
  if (found === undefined) return undefined;
  if (isJournal(found.value)) return found.value;
  if (isNewer(found.value, newest)) {
    const { version } = found.value;
    throw new TsmachineError('CONFIG_FUTURE', `${file} was written by a newer tsmachine (version ${version} of the format)`, {
      hint: 'Finish or remove this machine with the tsmachine that began it, or a newer one',
    });
  }
  const name = basename(dirname(file));
  const message = `The creation of machine "${name}" did not finish, and ${file}, which says how far it got, cannot be read`;
  throw new TsmachineError('MACHINE_INCOMPLETE', message, {
    hint: say`Remove it and create it again: ${run('rm', '-f', name)}`,
  });
}

export async function writeJournal(file: string, journal: Journal): Promise<void> {
  await writeJsonFile(file, journal);
}

/** Removes the journal: the machine is finished. */
export async function closeJournal(file: string): Promise<void> {
  try {
    await rm(file, { force: true });
  } catch (error) {
    throw diskError(error, 'Cannot remove', file);
  }
}

function isJournal(value: unknown): value is Journal {
  return (
    isJson(value) &&
    value['version'] === 1 &&
    value['operation'] === 'create' &&
    typeof value['driver'] === 'string' &&
    typeof value['request'] === 'string' &&
    typeof value['startedAt'] === 'string' &&
    (value['command'] === undefined || (Array.isArray(value['command']) && value['command'].every((word) => typeof word === 'string'))) &&
    Array.isArray(value['done']) &&
    value['done'].every((step) => steps.some((known) => known === step)) &&
    new Set(value['done']).size === value['done'].length
  );
}
