import { join } from 'node:path';
import { Transform, type Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

import type { Headers } from 'tar-fs';

import { TsmachineError, systemCode } from '../../base/errors.js';
import type { FileCalls } from './file-calls.js';
import { quickFiles } from './quick-files.js';

const pieceSize = 1 << 18;

/** A folder as a tar stream: exact modes, links stay links; sockets, pipes and devices are left out. */
export async function packFolder(folder: string, calls: FileCalls = quickFiles): Promise<Readable> {
  const { pack } = await import('tar-fs');
  const options = { fs: calls, umask: 0, strict: false };
  const gathered = gather();
  // tar-fs has streams of its own, which work with pipeline() all the same
  pipeline(pack(folder, options) as unknown as Readable, gathered).catch(() => undefined); // `gathered` ends with the same error
  return gathered;
}

/** Combines small chunks into large ones: otherwise a header, a few lines and their padding would each be a packet. */
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
  /** Must be called when the sink has finished: it creates the links and sets the modes and times of the folders. */
  finish(): Promise<void>;
  /** Names of entries that were left out because they are neither files, folders nor links. */
  readonly left: readonly string[];
}

type Entry = Pick<Headers, 'mode' | 'mtime'> & { readonly name: string };

/**
 * Unpacks an untrusted tar stream into an existing folder. The links of the stream are created last, so that nothing can be written
 * through them; they may then point anywhere, as in the source.
 * @param name the target's name in messages
 * @throws TsmachineError COPY_REFUSED, on the sink, for an entry whose name points outside the folder
 */
export async function unpackFolder(folder: string, name: string, calls: FileCalls = quickFiles): Promise<Unpacking> {
  const { extract } = await import('tar-fs');
  const links: (Entry & { readonly goal: string })[] = [];
  const folders: Entry[] = [];
  const left: string[] = [];
  let refusal: TsmachineError | undefined;
  // tar-fs calls this for every entry before it writes anything
  const ignore = (_path: string, header?: Headers & { linkname?: string }): boolean => {
    if (header === undefined) return false;
    if (refusal !== undefined || leadsOut(header.name)) {
      refusal ??= outsideTarget(header.name, name);
      sink.destroy(refusal); // throwing here would end the program
      return true;
    }
    const type: string = header.type;
    if (type === 'symlink') links.push({ ...header, goal: header.linkname ?? '' });
    else if (type === 'directory') folders.push({ ...header });
    else if (type !== 'file' && type !== 'link') left.push(header.name);
    if (type === 'directory') header.mode |= 0o700; // its own mode may forbid writing into it
    return type !== 'file' && type !== 'directory' && type !== 'link';
  };
  const options = { fs: calls, umask: 0, chown: false, ignore };
  const sink = extract(folder, options) as unknown as Writable;
  sink.on('error', () => undefined); // a short stream may have ended before its last entry is refused: finish() throws then
  // an error of the stream is also emitted by the current entry, to which tar-fs does not listen while it skips one
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

function outsideTarget(path: string, target: string): TsmachineError {
  const what = `The source sent ${JSON.stringify(path)}, which lies outside ${target}. Nothing more is unpacked`;
  return new TsmachineError('COPY_REFUSED', what, {
    hint: 'Do not trust that host until you know the reason.',
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
      // a link that this stream created: the entry would be written through it
      if (!(await promisify(calls.lstat)(join(folder, above))).isDirectory()) throw outsideTarget(name, target);
      real.add(above);
    }
    const path = join(folder, ...parts);
    await promisify(calls.unlink)(path).catch((error: unknown) => {
      if (systemCode(error) !== 'ENOENT') throw error;
    });
    await promisify(calls.symlink)(goal, path);
  }
}
