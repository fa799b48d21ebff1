import { TsmachineError } from '../base/errors.js';
import type { FlagValues } from '../base/flags.js';
import { readIfExists, writeAtomic } from '../system/files/atomic.js';
import { isJson } from './conform.js';

/** facts.json: what only tsmachine knows about a machine. Keys of newer versions are kept. */
export interface Facts {
  /** ISO 8601. */
  readonly createdAt?: string;
  readonly osId?: string;
  readonly osName?: string;
  readonly engineVersion?: string;
  readonly provisioner?: string;
  /** The driver's flags it was made with, without secrets. */
  readonly flags?: FlagValues;
  readonly [key: string]: unknown;
}

/** @throws TsmachineError CONFIG_UNREADABLE for a file that holds no object. */
export async function readFactsFile(file: string, name: string): Promise<Facts> {
  const text = await readIfExists(file);
  if (text === undefined) return {};
  const facts = parse(text);
  if (isJson(facts)) return facts;
  throw new TsmachineError('CONFIG_UNREADABLE', `Cannot read ${file}: it is not a JSON object`, {
    hint: `Delete it; tsmachine provision ${name} writes it anew`,
  });
}

export async function writeFactsFile(file: string, facts: Facts): Promise<void> {
  await writeAtomic(file, `${JSON.stringify(facts, null, 2)}\n`, 0o600);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // torn: no object to the caller, which says so
  }
}
