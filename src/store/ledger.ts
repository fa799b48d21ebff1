import { randomUUID } from 'node:crypto';

import { TsmachineError } from '../base/errors.js';
import { jsonOrNothing } from '../base/json.js';
import type { LedgerEntry } from '../base/machine.js';
import { say, run } from '../base/text.js';
import { isJson, type Json } from './conform.js';
import { isNewer, readJsonFile, writeJsonFile } from './json-file.js';

/** ledger.json of a machine or a store: its id, and everything that was ever requested for it and is not known to be gone. */
export interface Ledger {
  readonly version: 1;
  /** The machine's or the store's random id, which drivers put on every resource. */
  readonly id: string;
  /** The store's root when this was written, which distinguishes a copy from the original; machines have none. */
  readonly path?: string;
  readonly entries: readonly LedgerEntry[];
}

const newest = 1;

/** A ledger that is not there yet. */
export function newLedger(path?: string): Ledger {
  return { version: 1, id: randomUUID(), ...(path === undefined ? {} : { path }), entries: [] };
}

/**
 * @returns undefined when there is none
 * @throws TsmachineError CONFIG_FUTURE for one of a newer version; CONFIG_UNREADABLE for one that is cut off, or holds an entry twice
 */
export async function readLedger(file: string): Promise<Ledger | undefined> {
  const found = await readJsonFile(file);
  if (found === undefined) return undefined;
  const ledger = ledgerFrom(found.value);
  if (ledger === 'newer') {
    throw new TsmachineError('CONFIG_FUTURE', `${file} was written by a newer tsmachine`, {
      hint: 'Use the tsmachine that wrote it, or a newer one',
    });
  }
  if (ledger) return ledger;
  throw new TsmachineError('CONFIG_UNREADABLE', `Cannot read ${file}, which says what was made at the provider`, {
    hint: say`Put it back from a backup. Without it ${run('gc')} finds what is left over by its labels; delete the file only after that`,
  });
}

/** @throws TsmachineError STORE_FULL or STORE_UNWRITABLE; the old file is then untouched */
export async function writeLedger(file: string, ledger: Ledger): Promise<void> {
  await writeJsonFile(file, ledger);
}

/** The ledger with an entry changed or added. Pure. */
export function withEntry(ledger: Ledger, entry: LedgerEntry): Ledger {
  const found = ledger.entries.some(({ key }) => key === entry.key);
  return { ...ledger, entries: found ? ledger.entries.map((one) => (one.key === entry.key ? entry : one)) : [...ledger.entries, entry] };
}

/** The ledger without an entry; the same one when it has no such entry. Pure. */
export function withoutEntry(ledger: Ledger, key: string): Ledger {
  if (!ledger.entries.some((one) => one.key === key)) return ledger;
  return { ...ledger, entries: ledger.entries.filter((one) => one.key !== key) };
}

/** @returns undefined for what is no ledger: cut off, edited, or with an entry twice */
export function parseLedger(text: string): Ledger | 'newer' | undefined {
  return ledgerFrom(jsonOrNothing(text));
}

function ledgerFrom(value: unknown): Ledger | 'newer' | undefined {
  if (isNewer(value, newest)) return 'newer';
  return isLedger(value) ? value : undefined;
}

function isLedger(value: unknown): value is Ledger {
  if (!isJson(value) || value['version'] !== 1 || !isId(value['id']) || !Array.isArray(value['entries'])) return false;
  const { path, entries } = value as { path?: unknown; entries: unknown[] };
  if (path !== undefined && typeof path !== 'string') return false;
  return entries.every(isEntry) && new Set(entries.map((entry) => (entry as Json)['key'])).size === entries.length;
}

function isEntry(value: unknown): boolean {
  return (
    isJson(value) &&
    ['key', 'kind', 'token', 'wanted'].every((field) => typeof value[field] === 'string' && value[field] !== '') &&
    (value['scope'] === 'machine' || value['scope'] === 'store') &&
    ['operation', 'id'].every((field) => value[field] === undefined || typeof value[field] === 'string') &&
    (value['users'] === undefined || (Array.isArray(value['users']) && value['users'].every(isId)))
  );
}

/** Whether this is an id of a store or a machine: ids become part of names and labels, so nothing else is accepted. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f-]{36}$/.test(value);
}
