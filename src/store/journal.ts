import { rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

import { TsmachineError } from '../base/errors.js';
import { diskError } from '../system/files/disk-error.js';
import { readIfExists, writeAtomic } from '../system/files/atomic.js';
import { isJson } from './conform.js';

const steps = ['reserved', 'certificates', 'prechecked', 'created', 'running', 'connected', 'detected', 'provisioned', 'verified'] as const;

/** What `create` has done so far, in order. */
export type Step = (typeof steps)[number];

/** journal.json: there while a machine is being made, and left behind by a `create` that did not finish. */
export interface Journal {
  readonly version: 1;
  readonly operation: 'create';
  readonly driver: string;
  /** SHA-256 of the request, in hexadecimal digits: another `create` of the name may continue the same one alone. */
  readonly request: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly done: readonly Step[];
  /** The words after the program's name that repeat the request; absent when another program made it. */
  readonly command?: readonly string[];
}

/**
 * @returns undefined when the machine is finished or was never begun.
 * @throws TsmachineError MACHINE_INCOMPLETE for a journal that cannot be followed.
 */
export async function readJournal(file: string): Promise<Journal | undefined> {
  const text = await readIfExists(file);
  if (text === undefined) return undefined;
  const journal = parse(text);
  if (isJournal(journal)) return journal;
  const name = basename(dirname(file));
  const message = `Machine "${name}" is half made, and how far its creation got cannot be read from ${file}`;
  throw new TsmachineError('MACHINE_INCOMPLETE', message, {
    hint: `Remove it and create it again: tsmachine rm -f ${name}`,
  });
}

export async function writeJournal(file: string, journal: Journal): Promise<void> {
  await writeAtomic(file, `${JSON.stringify(journal, null, 2)}\n`, 0o600);
}

/** The machine is finished. */
export async function closeJournal(file: string): Promise<void> {
  try {
    await rm(file, { force: true });
  } catch (error) {
    throw diskError(error, 'Cannot remove', file);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // torn: no journal to the caller, which says so
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
    value['done'].every((step) => steps.some((known) => known === step))
  );
}
