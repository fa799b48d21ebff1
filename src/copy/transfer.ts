import { TsmachineError } from '../base/errors.js';
import type { Io } from '../base/io.js';
import type { End, PathInfo } from './end.js';
import { Meter } from '../system/http/meter.js';
import { passFile } from './passing.js';

export interface CopyRequest {
  readonly from: { readonly end: End; readonly path: string };
  readonly to: { readonly end: End; readonly path: string };
  /** Folders too. */
  readonly recursive: boolean;
  readonly io: Io;
  readonly signal: AbortSignal;
}

/**
 * Copies one file or folder. As with scp and cp, the target is a name in the folder given, if it exists, else the name given.
 * @returns the bytes that were transferred, and milliseconds
 * @throws TsmachineError COPY_SOURCE, COPY_TARGET, COPY_REFUSED, DISK_FULL, HOST_DISK_FULL, SSH_LOST; the signal's reason when aborted
 */
export async function copy({ from, to, recursive, io, signal }: CopyRequest): Promise<{ bytes: number; milliseconds: number }> {
  const [source, target] = await Promise.all([from.end.inspect(from.path), to.end.inspect(to.path, from.end.leaf(from.path))]);
  refuseSource(source, from.end.name(from.path), recursive);
  refuseTarget(source, target, to);
  if (from.end === to.end) refuseInside(source, target, to.end);
  const what = `Copying ${from.end.name(from.path)} to ${to.end.name(target.path)}`;
  const meter = new Meter(io, what, source.kind === 'file' ? source.size : undefined);
  if (source.kind === 'folder') meter.whenLong(() => from.end.total(source.path));
  try {
    if (source.kind === 'folder') {
      await to.end.writeFolder(target, source, meter.count(await from.end.readFolder(source.path), signal));
    } else if (!(await passFile({ from: from.end, to: to.end, source, target, meter }))) {
      const content = meter.count(await from.end.readFile(source.path, source.size), signal);
      await to.end.writeFile(target, source, content);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    meter.stop();
  }
  return { bytes: meter.bytes, milliseconds: meter.milliseconds };
}

function refuseSource({ kind }: PathInfo, name: string, recursive: boolean): void {
  if (kind === 'none') throw new TsmachineError('COPY_SOURCE', `${name} does not exist`);
  if (kind === 'other') throw new TsmachineError('COPY_SOURCE', `${name} is neither a file nor a folder`);
  if (kind === 'folder' && !recursive) {
    throw new TsmachineError('COPY_SOURCE', `${name} is a folder`, { hint: 'Copy folders with -r' });
  }
}

function refuseTarget(source: PathInfo, target: PathInfo, { end }: CopyRequest['to']): void {
  const name = end.name(target.path);
  if (source.kind === 'folder' && (target.kind === 'file' || target.kind === 'other')) {
    throw new TsmachineError('COPY_TARGET', `${name} already exists and is not a folder`);
  }
  if (source.kind === 'file' && target.kind === 'folder') {
    throw new TsmachineError('COPY_TARGET', `${name} is a folder, and a file does not replace it`);
  }
  if (target.kind !== 'none') return;
  // a folder written with a slash that exists was resolved to the file's name in it, which ends with none
  const missing = !target.parent || (source.kind === 'file' && target.path.endsWith('/'));
  if (!missing) return;
  throw new TsmachineError('COPY_TARGET', `The folder for ${name} does not exist`, { hint: 'Make it first, or choose another target' });
}

/** A folder packed while it is unpacked into itself would never end. */
function refuseInside(source: PathInfo, target: PathInfo, end: End): void {
  if (source.kind !== 'folder' || !`${target.path}/`.startsWith(`${source.path.replace(/\/$/, '')}/`)) return;
  throw new TsmachineError('COPY_TARGET', `${end.name(source.path)} cannot be copied into itself`);
}
