import { chmod, mkdir, open, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { TsmachineError, systemCode, whyUnusable } from '../../base/errors.js';
import { quote } from '../../base/quote.js';
import { diskError } from './disk-error.js';

/** Loaded once, so that calls are executed in the order in which they were made. */
let library: ReturnType<typeof loadLibrary> | undefined;

async function loadLibrary() {
  return (await import('write-file-atomic')).default;
}

/**
 * Replaces a file as a whole: a reader sees the old content or the new one, also after a crash or a power cut.
 * The file's mode is exactly `mode`, whatever the umask, and never more open than that in between.
 * @throws TsmachineError STORE_FULL or STORE_UNWRITABLE; the old file is then unchanged.
 */
export async function writeAtomic(path: string, data: string | Uint8Array, mode: number): Promise<void> {
  const replace = await (library ??= loadLibrary());
  try {
    // The content is written to the temporary file here: the library writes with a single call, which on an almost full disk
    // can store only part of the bytes without an error.
    const options = { mode, tmpfileCreated: (temporary: string) => writeFile(temporary, data) };
    await replace(path, '', options);
    await syncFolder(dirname(path));
  } catch (error) {
    throw diskError(error, 'Cannot write', path);
  }
}

/** Makes the rename durable; Windows has no such call for folders. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } catch (error) {
    // Some network and FUSE file systems cannot sync a folder; the content of the file is already safe.
    if (systemCode(error) !== 'EINVAL' && systemCode(error) !== 'ENOTSUP') throw error;
  } finally {
    await folder.close();
  }
}

/**
 * Makes a folder and its missing parents, each with mode 0700 whatever the umask is. Existing folders are left as they are.
 * @throws TsmachineError STORE_FULL or STORE_UNWRITABLE.
 */
export async function makePrivateDir(path: string): Promise<void> {
  try {
    await makeFolder(path);
  } catch (error) {
    throw diskError(error, 'Cannot make the folder', path);
  }
}

/** @param again false once the missing parent was created: in places like /proc it is still missing then, and would be tried forever */
async function makeFolder(path: string, again = true): Promise<void> {
  try {
    await mkdir(path, 0o700);
  } catch (error) {
    const code = systemCode(error);
    if (again && code === 'ENOENT' && dirname(path) !== path) {
      await makeFolder(dirname(path));
      return makeFolder(path, false);
    }
    if (await isFolder(path)) return;
    throw error;
  }
  await chmod(path, 0o700);
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false; // the caller throws the error with the reason
  }
}

/**
 * The content of a text file, or undefined when there is no such file.
 * @throws TsmachineError CONFIG_UNREADABLE when it exists but cannot be read.
 */
export async function readIfExists(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw unreadable(error, path);
  }
}

/** The same for a file that need not be text. @throws as `readIfExists` */
export async function readBytesIfExists(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw unreadable(error, path);
  }
}

/** The error for a file that exists but cannot be read. */
export function unreadable(error: unknown, path: string): TsmachineError {
  const problem = (why: string, hint?: string) =>
    new TsmachineError('CONFIG_UNREADABLE', `Cannot read ${path}: ${why}`, { hint, cause: error });
  const why = whyUnusable(error);
  switch (systemCode(error)) {
    case 'EACCES':
    case 'EPERM':
      return problem(why, `Run as its owner (ls -l ${quote(path)})`);
    case 'ENOTDIR':
      return problem(why, 'Move the file away, or choose another folder with --storage-path');
    case 'EIO':
      return problem(why, 'Look at the messages of the kernel (dmesg), and check the disk');
    default:
      return problem(why);
  }
}
