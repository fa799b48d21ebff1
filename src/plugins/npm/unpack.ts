import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

import { TsmachineError, errorText } from '../../base/errors.js';
import { diskError } from '../../system/files/disk-error.js';

/** Files, and bytes of all of them together, at the most. */
const mostFiles = 20_000;
const mostBytes = 512 * 2 ** 20;
/** What Windows does not allow in a name, and control characters. */
const forbidden = /[\u0000-\u001f\\:*?"<>|]/;

/**
 * Unpacks the tarball of a package into an empty folder, as npm does: without its first folder, plain files alone. Nothing is run.
 * @throws TsmachineError DRIVER_PACKAGE for what is no package, holds a link or a name that leads out of it, or is too large;
 *   STORE_FULL, STORE_UNWRITABLE
 */
export async function unpackPackage(bytes: Buffer, folder: string, signal: AbortSignal): Promise<void> {
  const { extract } = await import('tar-stream');
  const archive = extract();
  const seen = new Set<string>();
  let size = 0;
  const reading = pipeline(Readable.from([bytes]), createGunzip(), archive, { signal });
  reading.catch(() => undefined); // it is awaited below; until then its failure is that of the archive
  try {
    for await (const entry of archive) {
      const { name, type } = entry.header;
      const chunks: Buffer[] = [];
      for await (const chunk of entry as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > mostBytes) throw refused(`it unpacks to more than ${mostBytes / 2 ** 20} MiB`);
        chunks.push(chunk);
      }
      if (type === 'directory') continue;
      const path = innerPath(name, type);
      if (seen.has(path.toLowerCase())) throw refused(`it holds ${JSON.stringify(name)} twice`);
      if (seen.size === mostFiles) throw refused(`it holds more than ${mostFiles} files`);
      seen.add(path.toLowerCase()); // one file on Windows and macOS
      await write(join(folder, path), Buffer.concat(chunks));
    }
    await reading;
  } catch (error) {
    archive.destroy();
    signal.throwIfAborted();
    throw TsmachineError.is(error) ? error : refused(`it is damaged: ${errorText(error)}`, error);
  }
  if (!seen.has('package.json')) throw refused('it holds no package.json');
}

/** The path within the package, which stays in it on every system. */
function innerPath(name: string, type: string | null | undefined): string {
  const parts = name.split('/');
  if (type !== 'file') throw refused(`it holds ${JSON.stringify(name)}, which is no plain file (${type ?? 'unknown'})`);
  const good = parts.length > 1 && !forbidden.test(name) && parts.every((part) => part !== '' && part !== '.' && part !== '..');
  if (!good) throw refused(`it holds ${JSON.stringify(name)}, which leads out of it or is no name on every system`);
  return parts.slice(1).join('/');
}

async function write(file: string, content: Buffer): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, content, { mode: 0o600 });
  } catch (error) {
    throw diskError(error, 'Cannot write', file);
  }
}

function refused(why: string, cause?: unknown): TsmachineError {
  return new TsmachineError('DRIVER_PACKAGE', `The package cannot be unpacked: ${why}`, {
    hint: 'npm never makes such a package: do not trust its origin',
    cause,
  });
}
