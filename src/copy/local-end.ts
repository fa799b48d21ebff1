import { createReadStream } from 'node:fs';
import {
  access,
  chmod,
  chown,
  lstat,
  mkdir,
  open,
  opendir,
  realpath,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
  type FileHandle,
} from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { TsmachineError, errorText, systemCode } from '../base/errors.js';
import { say } from '../base/text.js';
import type { Io } from '../base/io.js';
import { packFolder, unpackFolder } from '../system/files/tar.js';
import { newPart, type End, type PathInfo } from './end.js';

/** This computer as one side of a copy. */
export class LocalEnd implements End {
  readonly #io: Io;

  constructor(io: Io) {
    this.#io = io;
  }

  name(path: string): string {
    return path;
  }

  leaf(path: string): string {
    const name = basename(path);
    return name === '' || name === '..' ? '.' : name;
  }

  async inspect(path: string, into?: string): Promise<PathInfo> {
    const found = await this.#stat(path);
    if (found?.isDirectory() === true && into !== undefined && into !== '.') return this.inspect(join(path, into));
    const kind = found === undefined ? 'none' : found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other';
    const parent = kind !== 'none' || (await this.#stat(dirname(path))) !== undefined;
    const { size = 0, mode = 0, mtimeMs = 0 } = found ?? {};
    // a link is followed: the file itself is replaced, not the link
    const real = kind === 'file' ? await realpath(path) : path;
    return { path: real, kind, parent, size, mode: mode & 0o777, mtime: Math.floor(mtimeMs / 1000) };
  }

  async #stat(path: string) {
    try {
      return await stat(path);
    } catch (error) {
      if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
      throw unreadable(path, error);
    }
  }

  /** An open file, for a program that reads it. */
  async openFile(path: string): Promise<FileHandle> {
    return open(path).catch((error: unknown) => {
      throw unreadable(path, error);
    });
  }

  async readFile(path: string, size: number): Promise<Readable> {
    try {
      await access(path, 4);
    } catch (error) {
      throw unreadable(path, error);
    }
    return createReadStream(path, { highWaterMark: 1 << 20, ...(size > 0 ? { end: size - 1 } : {}) });
  }

  async writeFile(target: PathInfo, source: PathInfo, content: Readable): Promise<void> {
    await this.fillFile(target, source, (file) => writeFile(file, content));
  }

  /** Like `writeFile`, with what `fill` writes. Anything beyond the announced size is cut off, because a file may grow. */
  async fillFile(target: PathInfo, source: PathInfo, fill: (file: FileHandle) => Promise<void>): Promise<void> {
    const whole = target.path;
    const half = target.kind === 'other' ? undefined : join(dirname(whole), newPart());
    try {
      const file = half === undefined ? await open(whole, 'w') : await open(half, 'wx', 0o600);
      try {
        await fill(file);
        if (half !== undefined) await complete(file, source);
      } finally {
        await file.close();
      }
      if (half === undefined) return;
      if (target.kind === 'file') await this.#keepOwner(half, whole);
      await rename(half, whole);
    } catch (error) {
      if (half !== undefined) await rm(half, { force: true });
      throw unwritable(whole, error);
    }
  }

  /** A file that is replaced keeps its owner, as it would if it were written to. */
  async #keepOwner(half: string, whole: string): Promise<void> {
    const { uid, gid } = await stat(whole);
    if (process.getuid?.() === 0 && (uid !== 0 || gid !== 0)) await chown(half, uid, gid);
  }

  readFolder(path: string): Promise<Readable> {
    return packFolder(path);
  }

  async writeFolder(target: PathInfo, source: PathInfo, content: Readable): Promise<void> {
    const fresh = target.kind === 'none';
    const folder = fresh ? join(dirname(resolve(target.path)), newPart()) : target.path;
    try {
      if (fresh)
        await mkdir(folder, 0o700).catch((error: unknown) => {
          throw unwritable(target.path, error);
        });
      const unpacking = await unpackFolder(folder, target.path);
      await pipeline(content, unpacking.sink).catch((error: unknown) => {
        throw unwritable(target.path, error);
      });
      await unpacking.finish();
      if (unpacking.left.length > 0) this.#io.warn(`Not copied, because they are devices or pipes: ${unpacking.left.join(', ')}`);
      if (!fresh) return;
      await chmod(folder, source.mode);
      await utimes(folder, source.mtime, source.mtime);
      await rename(folder, target.path).catch((error: unknown) => {
        throw unwritable(target.path, error);
      });
    } catch (error) {
      if (!fresh) this.#io.warn(`${target.path} is incomplete`);
      else await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  async total(path: string): Promise<number> {
    let bytes = 0;
    for await (const entry of await opendir(path, { recursive: true })) {
      if (entry.isFile()) bytes += (await lstat(join(entry.parentPath, entry.name))).size;
    }
    return bytes;
  }
}

/** Gives a file that was just written the size, mode and time of its source. */
async function complete(file: FileHandle, source: PathInfo): Promise<void> {
  const written = (await file.stat()).size;
  if (source.size > 0 && written < source.size) throw shrunk(source, written);
  if (source.size > 0 && written > source.size) await file.truncate(source.size);
  await file.chmod(source.mode);
  await file.utimes(source.mtime, source.mtime);
}

function unreadable(path: string, error: unknown): TsmachineError {
  const why = systemCode(error) === 'EACCES' ? 'permission denied' : errorText(error);
  return TsmachineError.is(error) ? error : new TsmachineError('COPY_SOURCE', say`${path} cannot be read: ${why}`, { cause: error });
}

function shrunk(source: PathInfo, written: number): TsmachineError {
  const what = `${source.path} changed while it was copied: received ${written} bytes of ${source.size}`;
  return new TsmachineError('COPY_SOURCE', what, {
    hint: 'Copy it again when nothing writes to it.',
  });
}

const reasons: Readonly<Record<string, string>> = { EACCES: 'permission denied', EPERM: 'not permitted', EROFS: 'the disk is read-only' };

/** The error for a failed write on this computer; errors of the other side pass through. */
function unwritable(path: string, error: unknown): unknown {
  const code = systemCode(error);
  if (TsmachineError.is(error) || code === undefined || code === 'ABORT_ERR') return error;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    const problem = code === 'EDQUOT' ? 'The disk quota on this computer is used up' : 'The disk of this computer is full';
    return new TsmachineError('DISK_FULL', `${problem}: ${path} was not written`, {
      hint: `Make room (df -h ${dirname(path)}), then copy again.`,
      cause: error,
    });
  }
  return new TsmachineError('COPY_TARGET', `${path} cannot be written: ${reasons[code] ?? errorText(error)}`, { cause: error });
}
