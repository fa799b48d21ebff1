import { posix } from 'node:path';

import { TsmachineError } from '../base/errors.js';
import { quote } from '../base/quote.js';
import { newPart, type PathInfo } from './end.js';
import { unwritable } from './remote-failure.js';
import type { RemotePathInfo } from './remote-path-info.js';

/** The commands that remove what is incomplete must survive the end of the connection and of its pipes. */
export const hardened = "trap '' HUP PIPE; umask 077";
const wrongSize = 'tsmachine-wrong-size';

/** How a command on the host ended. */
export interface CommandEnd {
  readonly exitCode: number;
  readonly stderr: string;
}

/**
 * The command that writes its standard input to a file: at a temporary name, then at the final one when the file is complete and has its
 * mode, time and owner. Anything beyond the announced size is cut off, because a file may grow while it is read.
 */
export function writeCommand(target: PathInfo, source: PathInfo): string {
  const path = quote(target.path);
  if (target.kind === 'other') return `cat > ${path}`;
  const half = quote(dashless(posix.join(posix.dirname(target.path), newPart())));
  const { owner } = target as RemotePathInfo;
  const { size } = source;
  const steps = [
    `cat > ${half}`,
    // files that the system generates when they are read (/proc) have no size
    ...(size === 0
      ? []
      : [
          `size=$(wc -c < ${half})`,
          // by POSIX, dd truncates a file at the point where it begins to write
          `{ [ "$size" -le ${size} ] || { dd if=/dev/null of=${half} bs=1 seek=${size} 2>/dev/null && size=${size}; }; }`,
          // the end of a broken connection is not distinguishable from the end of the file
          `{ [ "$size" -eq ${size} ] || { echo ${wrongSize} >&2; false; }; }`,
        ]),
    ...(owner === undefined ? [] : [`{ chown ${owner} ${half} 2>/dev/null || :; }`]),
    `chmod ${source.mode.toString(8)} ${half}`,
    `{ touch -d @${source.mtime} ${half} 2>/dev/null || :; }`,
    `mv -f ${half} ${path}`,
  ];
  return `${hardened}; { ${steps.join(' && ')}; } || { status=$?; rm -f ${half}; exit $status; }`;
}

/** @throws TsmachineError COPY_SOURCE, COPY_TARGET, HOST_DISK_FULL when the file at `path` was not written */
export function checkWrite(machine: string, path: string, { exitCode, stderr }: CommandEnd): void {
  if (exitCode === 0) return;
  if (!stderr.includes(wrongSize)) throw unwritable(machine, path, stderr);
  throw new TsmachineError('COPY_SOURCE', `The source changed while it was copied, so ${path} on ${machine} was not written`, {
    hint: 'Copy it again when nothing writes to it.',
  });
}

/** A path that no command reads as a flag. */
export function dashless(path: string): string {
  return path.startsWith('-') ? `./${path}` : path;
}
