import { entryParts } from './archive/archive.js';
import { TsmachineError } from '../base/errors.js';
import { jsonOrNothing } from '../base/json.js';

export interface ExportedMachine {
  readonly name: string;
  readonly driver: string;
  /** The file in the machine's folder that holds the user's own SSH key. */
  readonly sshKey?: string;
}

/** The first entry of an export: what it contains. */
export interface Manifest {
  readonly version: 1;
  readonly writtenBy: string;
  /** ISO 8601. */
  readonly exportedAt: string;
  /** The home folder of the writer, so that paths below it can be moved below another one; may be empty. */
  readonly home: string;
  readonly machines: readonly ExportedMachine[];
}

/** The path of a machine's file in an export. */
export function entryOf(machine: string, file: string): string {
  return `machines/${machine}/${file}`;
}

export function printManifest(manifest: Manifest): Buffer {
  return Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`);
}

/** @throws TsmachineError ARCHIVE_INVALID for anything that tsmachine does not write, CONFIG_FUTURE for what a newer version wrote */
export function readManifest(content: Buffer): Manifest {
  const value = parse(content.toString('utf8'));
  if (typeof value['version'] === 'number' && value['version'] > 1) {
    throw new TsmachineError('CONFIG_FUTURE', 'The export was written by a newer version of tsmachine', { hint: 'Upgrade tsmachine' });
  }
  const { version, writtenBy, exportedAt, home, machines } = value;
  if (version !== 1 || !Array.isArray(machines) || machines.length === 0) throw invalid();
  const text = (found: unknown) => (typeof found === 'string' ? found : '');
  return { version, writtenBy: text(writtenBy), exportedAt: text(exportedAt), home: text(home), machines: machines.map(machine) };
}

function machine(value: unknown): ExportedMachine {
  const { name, driver, sshKey }: Readonly<Record<string, unknown>> = typeof value === 'object' && value !== null ? { ...value } : {};
  if (typeof name !== 'string' || typeof driver !== 'string' || (sshKey !== undefined && typeof sshKey !== 'string')) throw invalid();
  for (const part of [name, ...(sshKey === undefined ? [] : [sshKey])]) if (entryParts(part).length !== 1) throw invalid();
  return { name, driver, ...(sshKey === undefined ? {} : { sshKey }) };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  const value = jsonOrNothing(text);
  if (typeof value === 'object' && value !== null) return { ...value };
  throw invalid();
}

function invalid(): TsmachineError {
  return new TsmachineError('ARCHIVE_INVALID', 'The description of what the export contains is not valid');
}
