import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

import { TsmachineError, errorText } from '../../base/errors.js';
import { entryParts } from './entry-path.js';

/** Bytes that a compressed file may unpack to. */
const mostUnpacked = 16 * 2 ** 30;
/** Bytes of a file whose content is asked for. */
const mostRead = 1 << 20;

/** What a tar.gz holds: every file by its path, with its content where that was asked for. */
export type TarGzFiles = ReadonlyMap<string, Buffer | undefined>;

/**
 * Reads a tar.gz to its end: whoever is about to rely on it must know that all of it is there. Only folders and plain files below the
 * target are accepted.
 * @param wanted paths whose content is to be in the result, up to a megabyte each
 * @throws TsmachineError ARCHIVE_INVALID for what is no gzip, no tar, or ends too early
 */
export async function readTarGz(bytes: Buffer, wanted: readonly string[], signal: AbortSignal): Promise<TarGzFiles> {
  const { extract } = await import('tar-stream');
  const files = new Map<string, Buffer | undefined>();
  const archive = extract();
  let unpacked = 0;
  archive.on('entry', ({ name, type }, entry, next) => {
    entry.on('error', () => undefined); // what breaks the archive is also an event of its current entry; pipeline() throws it
    const path = name.replace(/^\.\/|\/$/g, '');
    const refusal = refusalOf(path, type);
    if (refusal !== undefined) {
      archive.destroy(refusal); // thrown here, it would end the program
      return;
    }
    const keep = type === 'file' && wanted.includes(path);
    const chunks: Buffer[] = [];
    let size = 0;
    entry.on('data', (chunk) => {
      if (!Buffer.isBuffer(chunk)) return;
      size += chunk.length;
      unpacked += chunk.length;
      if (keep && size <= mostRead) chunks.push(chunk);
      if (unpacked > mostUnpacked) archive.destroy(invalid('it unpacks to more than 16 GiB'));
    });
    entry.on('end', () => {
      if (type === 'file') files.set(path, keep && size <= mostRead ? Buffer.concat(chunks) : undefined);
      next();
    });
  });
  try {
    await pipeline(Readable.from([bytes]), createGunzip(), archive, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw TsmachineError.is(error) ? error : invalid(errorText(error), error);
  }
  return files;
}

function refusalOf(path: string, type: string | null | undefined): TsmachineError | undefined {
  if (type !== 'file' && type !== 'directory')
    return invalid(`${JSON.stringify(path)} is neither a file nor a folder, but a ${type ?? 'thing of no kind'}`);
  if (type === 'directory' && path === '') return undefined; // the folder itself
  try {
    entryParts(path);
    return undefined;
  } catch (error) {
    return TsmachineError.from(error);
  }
}

function invalid(reason: string, cause?: unknown): TsmachineError {
  return new TsmachineError('ARCHIVE_INVALID', `It is not a complete tar.gz: ${reason}`, { cause });
}
