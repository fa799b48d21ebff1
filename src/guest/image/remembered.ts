import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';

import { makePrivateDir, readIfExists, writeAtomic } from '../../system/files/atomic.js';
import type { Published } from './types.js';
import { jsonOrNothing } from '../../base/json.js';

/** The image that was downloaded last for a short name: used when the vendor's index cannot be reached. */
interface Memory {
  readonly title: string;
  readonly format: Published['format'];
  /** Name of the file in the cache. */
  readonly file: string;
}

export interface Remembered {
  readonly title: string;
  readonly format: Published['format'];
  readonly path: string;
}

function memoryFile(cacheDir: string, key: string): string {
  return join(cacheDir, 'images', `${key}.json`);
}

export async function remember(cacheDir: string, key: string, { title, format }: Published, path: string): Promise<void> {
  await makePrivateDir(join(cacheDir, 'images'));
  const memory: Memory = { title, format, file: basename(path) };
  await writeAtomic(memoryFile(cacheDir, key), `${JSON.stringify(memory)}\n`, 0o600);
}

/** The image that was downloaded last, if its file still exists. */
export async function recall(cacheDir: string, key: string): Promise<Remembered | undefined> {
  const memory = parse(await readIfExists(memoryFile(cacheDir, key)));
  if (memory === undefined) return undefined;
  const path = join(cacheDir, memory.file);
  return existsSync(path) ? { title: memory.title, format: memory.format, path } : undefined;
}

/** An unreadable file counts as missing: the vendor's index has the same facts. */
function parse(text: string | undefined): Memory | undefined {
  const value = jsonOrNothing(text ?? 'null');
  return isMemory(value) ? value : undefined;
}

function isMemory(value: unknown): value is Memory {
  if (typeof value !== 'object' || value === null || !('title' in value && 'format' in value && 'file' in value)) return false;
  const { title, format, file } = value;
  return typeof title === 'string' && typeof format === 'string' && typeof file === 'string' && basename(file) === file;
}
