import { TsmachineError } from '../base/errors.js';
import type { Io } from '../base/io.js';
import type { End, Found } from './end.js';
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
 * Copies one file or folder, with the meaning scp and cp give to their targets: into a folder that is there, else under the name given.
 * @returns bytes that went over the wire, and milliseconds
 * @throws TsmachineError COPY_SOURCE, COPY_TARGET, COPY_REFUSED, DISK_FULL, HOST_DISK_FULL, SSH_LOST; the signal's reason when aborted
 */
export async function copy({ from, to, recursive, io, signal }: CopyRequest): Promise<{ bytes: number; milliseconds: number }> {
  const [source, target] = await Promise.all([from.end.look(from.path), to.end.look(to.path, from.end.leaf(from.path))]);
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
      // what the system makes up when it is read (/proc) has no size
      const content = meter.count(await from.end.readFile(source.path), signal, source.size > 0 ? source.size : undefined);
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

function refuseSource({ kind }: Found, name: string, recursive: boolean): void {
  if (kind === 'none') throw new TsmachineError('COPY_SOURCE', `There is no ${name}`);
  if (kind === 'other') throw new TsmachineError('COPY_SOURCE', `${name} is neither a file nor a folder`);
  if (kind === 'folder' && !recursive) {
    throw new TsmachineError('COPY_SOURCE', `${name} is a folder`, { hint: 'Copy folders with -r' });
  }
}

function refuseTarget(source: Found, target: Found, { end, path }: CopyRequest['to']): void {
  const name = end.name(target.path);
  if (source.kind === 'folder' && (target.kind === 'file' || target.kind === 'other')) {
    throw new TsmachineError('COPY_TARGET', `${name} is there already and is not a folder`);
  }
  if (source.kind === 'file' && target.kind === 'folder') {
    throw new TsmachineError('COPY_TARGET', `${name} is a folder, which a file does not replace`);
  }
  if (target.kind !== 'none') return;
  const missing = !target.parent || (source.kind === 'file' && path.endsWith('/'));
  if (!missing) return;
  throw new TsmachineError('COPY_TARGET', `There is no folder for ${name}`, { hint: 'Make it first, or choose another target' });
}

/** A folder packed while it is unpacked into itself would never end. */
function refuseInside(source: Found, target: Found, end: End): void {
  if (source.kind !== 'folder' || !`${target.path}/`.startsWith(`${source.path.replace(/\/$/, '')}/`)) return;
  throw new TsmachineError('COPY_TARGET', `${end.name(source.path)} cannot be copied into itself`);
}
