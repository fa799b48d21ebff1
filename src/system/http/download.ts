import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { TsmachineError } from '../../base/errors.js';
import { diskError } from '../files/disk-error.js';
import { makePrivateDir, unreadable } from '../files/atomic.js';
import { shown } from './http-get.js';
import { withLock } from '../locks/lock.js';
import { Interrupted, discard, fetchRest } from './partial.js';

export interface DownloadOptions {
  /** The file's digest in hexadecimal digits; the SHA-512 is used if both are given. */
  readonly sha256?: string;
  readonly sha512?: string;
  /** Fetch the file even if it is in the cache: the file at the URL may have changed. */
  readonly again?: boolean;
  readonly signal?: AbortSignal;
  /** Bytes received so far, and the total if the server reports it. */
  readonly onProgress?: (done: number, total?: number) => void;
}

interface Digest {
  readonly algorithm: 'sha256' | 'sha512';
  readonly value: string;
}

/** Pauses before the second, third and fourth attempt, in milliseconds. */
const pauses = [100, 300, 600];
const lockTimeout = 60 * 60_000;

/**
 * Downloads a file into `dir` once: the next call, in this process or another, gets the same file. An interrupted download is continued.
 * The file of a `file:` URL is used where it is. With a digest the file is verified first. The key of the cache is the digest, else the
 * URL.
 * @returns the file's path, ending in the URL's last part.
 * @throws TsmachineError DOWNLOAD, STORE_FULL, STORE_UNWRITABLE; the signal's reason.
 */
export async function download(url: string, dir: string, options: DownloadOptions = {}): Promise<string> {
  const address = parseUrl(url);
  const digest = digestOf(options);
  if (address.protocol === 'file:') return useLocal(address, digest);
  const file = join(dir, cacheName(address, digest));
  const { signal, again = false } = options;
  if (!again && existsSync(file)) return file;
  await makePrivateDir(dir);
  return withLock(file, { what: `the download of ${shown(address)}`, timeout: lockTimeout, ...(signal && { signal }) }, async () => {
    if (again || !existsSync(file)) await fetchVerified(address, `${file}.part`, file, digest, options);
    return file;
  });
}

function digestOf({ sha256, sha512 }: DownloadOptions): Digest | undefined {
  if (sha512 !== undefined) return { algorithm: 'sha512', value: sha512.toLowerCase() };
  return sha256 === undefined ? undefined : { algorithm: 'sha256', value: sha256.toLowerCase() };
}

function parseUrl(url: string): URL {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address && /^(https?|file):$/.test(address.protocol)) return address;
  throw new TsmachineError('DOWNLOAD', `"${url}" is not an address that can be fetched`, {
    hint: 'It must begin with https://, http:// or file://',
  });
}

function cacheName(url: URL, digest: Digest | undefined): string {
  const key = digest?.value ?? createHash('sha256').update(url.href).digest('hex');
  const last =
    url.pathname
      .split('/')
      .pop()
      ?.replace(/[^\w.+-]/g, '_')
      .slice(-80) || 'download';
  return `${key.slice(0, 16)}-${last}`;
}

async function useLocal(url: URL, digest: Digest | undefined): Promise<string> {
  const path = fileURLToPath(url);
  if (!existsSync(path)) throw new TsmachineError('DOWNLOAD', `There is no file ${path}`);
  if (digest !== undefined) await verify(path, url, digest);
  return path;
}

async function fetchVerified(url: URL, part: string, file: string, digest: Digest | undefined, options: DownloadOptions): Promise<void> {
  const continued = existsSync(part);
  await fetchAll(url, part, digest !== undefined, options);
  if (digest !== undefined) {
    try {
      await verify(part, url, digest);
    } catch (error) {
      await discard(part);
      // The part of an earlier run may belong to another file: try again from the start.
      if (continued) return fetchVerified(url, part, file, digest, options);
      throw error;
    }
  }
  try {
    await rename(part, file);
  } catch (error) {
    throw diskError(error, 'Cannot write', file);
  }
  await discard(part);
}

async function fetchAll(url: URL, part: string, verified: boolean, { signal, onProgress }: DownloadOptions): Promise<void> {
  for (const pause of [...pauses, undefined]) {
    try {
      return await fetchRest({ url, part, verified, signal, onProgress });
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      if (pause === undefined) {
        throw new TsmachineError('DOWNLOAD', `Cannot fetch ${shown(url)}: ${error.message}, after ${pauses.length + 1} attempts`, {
          hint: 'Run the command again: the transfer continues where it stopped',
          cause: error,
        });
      }
    }
    await sleep(pause, undefined, signal ? { signal } : {}).catch((error: unknown) => {
      throw signal?.aborted ? signal.reason : error;
    });
  }
}

async function verify(path: string, url: URL, { algorithm, value }: Digest): Promise<void> {
  const hash = createHash(algorithm);
  try {
    await pipeline(createReadStream(path), hash);
  } catch (error) {
    throw unreadable(error, path);
  }
  const actual = hash.digest('hex');
  if (actual === value) return;
  throw new TsmachineError('DOWNLOAD', `${shown(url)} has the wrong checksum: ${algorithm} ${actual}, expected ${value}`, {
    hint: 'The file was changed on the server or in transit. Check where the expected checksum comes from',
  });
}
