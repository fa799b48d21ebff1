import { join } from 'node:path';
import { Transform, type Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

import type { Headers } from 'tar-fs';

import { TsmachineError, systemCode } from '../../base/errors.js';
import type { FileCalls } from './file-calls.js';
import { quickFiles } from './quick-files.js';

const pieceSize = 1 << 18;

/** A folder as a tar stream: exact modes, links as links; sockets, pipes and devices are left out. */
export async function packFolder(folder: string, calls: FileCalls = quickFiles): Promise<Readable> {
  const { pack } = await import('tar-fs');
  const options = { fs: calls, umask: 0, strict: false };
  const gathered = gather();
  // its streams are not Node's own, and yet work with pipeline()
  pipeline(pack(folder, options) as unknown as Readable, gathered).catch(() => undefined); // it ended `gathered` with the same error
  return gathered;
}

/** Makes big pieces of many small ones: a header, a few lines and their padding would each be a packet of their own. */
function gather(): Transform {
  let held: Buffer[] = [];
  let bytes = 0;
  const flush = (): Buffer => {
    const piece = Buffer.concat(held);
    held = [];
    bytes = 0;
    return piece;
  };
  return new Transform({
    highWaterMark: pieceSize,
    transform(data: Buffer, _encoding, done) {
      held.push(data);
      bytes += data.length;
      if (bytes < pieceSize) done();
      else done(null, flush());
    },
    flush(done) {
      done(null, flush());
    },
  });
}

export interface Unpacking {
  readonly sink: Writable;
  /** To be called when the sink has finished: links and the folders' own modes and times come last. */
  finish(): Promise<void>;
  /** Entries that are neither files, folders nor links, and were left out. */
  readonly left: readonly string[];
}

type Entry = Pick<Headers, 'mode' | 'mtime'> & { readonly name: string };

/**
 * Unpacks a tar stream that nobody vouches for into a folder that is there. While it runs no link of the stream exists,
 * so that nothing can be written through one; links may then lead anywhere, as those of the source did.
 * @param name how messages name the target
 * @throws COPY_REFUSED on the sink for an entry whose name leads out of the folder
 */
export async function unpackFolder(folder: string, name: string, calls: FileCalls = quickFiles): Promise<Unpacking> {
  const { extract } = await import('tar-fs');
  const links: (Entry & { readonly goal: string })[] = [];
  const folders: Entry[] = [];
  const left: string[] = [];
  let refusal: TsmachineError | undefined;
  // tar-fs asks this about every entry before it touches anything
  const ignore = (_path: string, header?: Headers & { linkname?: string }): boolean => {
    if (header === undefined) return false;
    if (refusal !== undefined || leadsOut(header.name)) {
      refusal ??= wayOut(header.name, name);
      sink.destroy(refusal); // thrown from here it would end the program
      return true;
    }
    const type: string = header.type;
    if (type === 'symlink') links.push({ ...header, goal: header.linkname ?? '' });
    else if (type === 'directory') folders.push({ ...header });
    else if (type !== 'file' && type !== 'link') left.push(header.name);
    if (type === 'directory') header.mode |= 0o700; // its own mode may forbid to fill it
    return type !== 'file' && type !== 'directory' && type !== 'link';
  };
  const options = { fs: calls, umask: 0, chown: false, ignore };
  const sink = extract(folder, options) as unknown as Writable;
  sink.on('error', () => undefined); // a short stream may have ended before its last entry is refused: finish() tells
  // an error of the whole comes out of the entry at hand too, where tar-fs does not listen while it leaves an entry out
  sink.prependListener('entry', (_header: unknown, entry: Readable) => {
    entry.on('error', () => undefined);
  });
  return {
    sink,
    left,
    async finish() {
      if (refusal !== undefined) throw refusal;
      await makeLinks(folder, name, links, calls);
      for (const { name: path, mode, mtime } of folders.reverse()) {
        if (isRoot(path)) continue;
        await promisify(calls.chmod)(join(folder, path), mode & 0o777);
        await promisify(calls.utimes)(join(folder, path), mtime, mtime);
      }
    },
  };
}

function isRoot(path: string): boolean {
  return /^(\.?\/)*\.?$/.test(path);
}

function leadsOut(path: string): boolean {
  return path.startsWith('/') || path.split(/[/\\]/).includes('..');
}

function wayOut(path: string, target: string): TsmachineError {
  const what = `The source sent ${JSON.stringify(path)}, which lies outside ${target}: nothing more is unpacked`;
  return new TsmachineError('COPY_REFUSED', what, {
    hint: 'Do not trust that host before you know why.',
  });
}

async function makeLinks(
  folder: string,
  target: string,
  links: readonly (Entry & { readonly goal: string })[],
  calls: FileCalls,
): Promise<void> {
  const real = new Set(['.', '']);
  for (const { name, goal } of links) {
    const parts = name.split('/').filter((part) => part !== '' && part !== '.');
    for (let depth = 1; depth < parts.length; depth++) {
      const above = parts.slice(0, depth).join('/');
      if (real.has(above)) continue;
      // made by this stream a moment ago: a way through another link
      if (!(await promisify(calls.lstat)(join(folder, above))).isDirectory()) throw wayOut(name, target);
      real.add(above);
    }
    const path = join(folder, ...parts);
    await promisify(calls.unlink)(path).catch((error: unknown) => {
      if (systemCode(error) !== 'ENOENT') throw error;
    });
    await promisify(calls.symlink)(goal, path);
  }
}
