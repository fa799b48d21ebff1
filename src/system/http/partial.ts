import { open, rm, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';

import { TsmachineError, errorText, systemCode } from '../../base/errors.js';
import { diskError } from '../files/disk-error.js';
import { readIfExists, writeAtomic } from '../files/atomic.js';
import { get, shown } from './http-get.js';

export interface FetchTerms {
  readonly url: URL;
  /** The file being filled; `<part>.tag` beside it tells whether the server's file is still the same. */
  readonly part: string;
  /** The result is checked against a digest, so a part without a tag may be continued too. */
  readonly verified: boolean;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((done: number, total?: number) => void) | undefined;
}

/** A transfer that stopped in the middle, or a busy server: another attempt may succeed. */
export class Interrupted extends Error {}

const idleTimeout = 60_000;
/** A transfer that brings fewer bytes in this many milliseconds stands still, whatever trickles in. */
const pace = { bytes: 64 * 1024, milliseconds: 60_000 };

/**
 * Fetches the rest of a file: everything, or what the part is missing.
 * @throws Interrupted; TsmachineError DOWNLOAD, STORE_FULL, STORE_UNWRITABLE; the signal's reason.
 */
export async function fetchRest(terms: FetchTerms): Promise<void> {
  const { url, part, signal, verified } = terms;
  const have = await resumable(terms);
  const headers = { 'accept-encoding': 'identity', 'user-agent': 'tsmachine', ...have.headers };
  const response = await get(url, { signal, idleTimeout, headers, verified });
  const status = response.statusCode ?? 0;
  if (status === 416 && have.size > 0) {
    response.destroy();
    if (response.headers['content-range'] === `bytes */${have.size}`) return; // the part was complete already
    await discard(part);
    return fetchRest(terms);
  }
  if (status !== 200 && status !== 206) {
    response.destroy();
    const what = `HTTP ${status} ${response.statusMessage ?? ''}`.trim();
    if (status >= 500 || status === 429) throw new Interrupted(what);
    throw new TsmachineError('DOWNLOAD', `Cannot fetch ${shown(url)}: ${what}`, { hint: status === 404 ? 'Check the address' : undefined });
  }
  const start = status === 206 ? have.size : 0;
  await saveTag(part, response);
  const length = response.headers['content-length'];
  await store(response, terms, start, length === undefined ? undefined : start + Number(length));
}

/** Removes a part and its tag. */
export async function discard(part: string): Promise<void> {
  try {
    await rm(part, { force: true });
    await rm(`${part}.tag`, { force: true });
  } catch (error) {
    throw diskError(error, 'Cannot remove', part);
  }
}

async function resumable({ part, verified }: FetchTerms): Promise<{ size: number; headers: Record<string, string> }> {
  const size = await sizeOf(part);
  const tag = await readIfExists(`${part}.tag`);
  if (size === 0 || (tag === undefined && !verified)) return { size: 0, headers: {} };
  return { size, headers: { range: `bytes=${size}-`, ...(tag !== undefined && { 'if-range': tag }) } };
}

/** If-Range accepts only a strong ETag or a date (RFC 9110, 13.1.5). */
async function saveTag(part: string, response: IncomingMessage): Promise<void> {
  const { etag } = response.headers;
  const tag = etag?.startsWith('"') ? etag : response.headers['last-modified'];
  if (tag === undefined) await rm(`${part}.tag`, { force: true });
  else await writeAtomic(`${part}.tag`, tag, 0o600);
}

async function store(response: IncomingMessage, terms: FetchTerms, start: number, total: number | undefined): Promise<void> {
  const { part, signal, onProgress } = terms;
  let done = start;
  const file = await onDisk(part, open(part, start === 0 ? 'w' : 'a', 0o600));
  try {
    for await (const chunk of body(response, () => done, total, signal)) {
      await onDisk(part, file.writeFile(chunk));
      done += chunk.length;
      onProgress?.(done, total);
    }
    await onDisk(part, file.sync());
  } finally {
    response.destroy();
    await file.close();
  }
  if (total !== undefined && done !== total) throw interrupted(done, total, 'the connection was closed');
}

/** The body's chunks. A broken connection becomes an `Interrupted`; what was written until then stays for the next attempt. */
async function* body(
  response: IncomingMessage,
  done: () => number,
  total: number | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  let received = 0;
  const watch = setInterval(() => {
    if (received < pace.bytes) response.destroy(new Error(`only ${received} bytes in ${pace.milliseconds / 1000} s`));
    received = 0;
  }, pace.milliseconds);
  try {
    for await (const chunk of response) {
      if (!Buffer.isBuffer(chunk)) continue;
      received += chunk.length;
      yield chunk;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw interrupted(done(), total, errorText(error));
  } finally {
    clearInterval(watch);
  }
  signal?.throwIfAborted();
}

async function onDisk<T>(part: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw diskError(error, 'Cannot write', part);
  }
}

function interrupted(done: number, total: number | undefined, why: string): Interrupted {
  return new Interrupted(`cut off at ${done} of ${total ?? 'an unknown number of'} bytes (${why})`);
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return 0;
    throw diskError(error, 'Cannot read', path);
  }
}
