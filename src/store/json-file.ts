import { jsonOrNothing } from '../base/json.js';
import { readIfExists, writeAtomic } from '../system/files/atomic.js';
import { isJson } from './conform.js';

/**
 * What a JSON file of ours holds, not checked yet.
 * @returns undefined when there is no such file; its `value` is undefined when the text is not JSON, which no valid file has
 * @throws TsmachineError CONFIG_UNREADABLE when the file cannot be read
 */
export async function readJsonFile(file: string): Promise<{ readonly value: unknown } | undefined> {
  const text = await readIfExists(file);
  return text === undefined ? undefined : { value: jsonOrNothing(text) };
}

/** Whether a newer tsmachine wrote this document. @param newest the newest version of its format that is known here */
export function isNewer(value: unknown, newest: number): value is { readonly version: number } {
  return isJson(value) && typeof value['version'] === 'number' && value['version'] > newest;
}

/** Writes a JSON file of ours, mode 0600. @throws TsmachineError STORE_UNWRITABLE, STORE_FULL */
export async function writeJsonFile(file: string, value: object): Promise<void> {
  await writeAtomic(file, `${JSON.stringify(value, null, 2)}\n`, 0o600);
}
