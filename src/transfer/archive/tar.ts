import type { Header } from 'tar-stream';

import { TsmachineError, errorText } from '../../base/errors.js';
import { entryParts } from './entry-path.js';

/** One file of an archive; `path` is relative, with slashes. */
export interface ArchiveFile {
  readonly path: string;
  readonly content: Buffer;
}

/** Entries; a machine has about ten files. */
const mostFiles = 100_000;

/** The two empty blocks at the end of every tar file. */
export const endOfTar = 1024;

/** The files as a tar file, each with mode 0600. The same files result in the same bytes. */
export async function packTar(files: readonly ArchiveFile[], modified: Date): Promise<Buffer> {
  const { pack } = await import('tar-stream');
  const archive = pack();
  for (const { path, content } of files) archive.entry({ name: path, mode: 0o600, mtime: modified, uid: 0, gid: 0 }, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/**
 * The files of a tar file. Only plain files whose paths stay below the target folder are accepted; owners and modes are ignored.
 * @throws TsmachineError ARCHIVE_INVALID
 */
export async function unpackTar(bytes: Buffer): Promise<ArchiveFile[]> {
  const { extract } = await import('tar-stream');
  const archive = extract();
  archive.end(bytes);
  const files = new Map<string, ArchiveFile>();
  try {
    for await (const entry of archive) {
      const path = checkedPath(entry.header);
      const chunks: Buffer[] = [];
      for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk);
      const known = path.toLowerCase(); // one file on Windows and macOS
      if (files.has(known)) throw new TsmachineError('ARCHIVE_INVALID', `The export holds ${JSON.stringify(path)} twice`);
      if (files.size === mostFiles) throw new TsmachineError('ARCHIVE_INVALID', `The export holds more than ${mostFiles} files`);
      files.set(known, { path, content: Buffer.concat(chunks) });
    }
  } catch (error) {
    throw TsmachineError.is(error)
      ? error
      : new TsmachineError('ARCHIVE_INVALID', `The export is damaged: ${errorText(error)}`, { cause: error });
  }
  return [...files.values()];
}

function checkedPath({ name, type }: Header): string {
  entryParts(name);
  if (type === 'file') return name;
  throw new TsmachineError('ARCHIVE_INVALID', `The export holds ${JSON.stringify(name)}, which is not a file but a ${type}`, {
    hint: 'tsmachine never writes such a file: do not trust its origin',
  });
}
