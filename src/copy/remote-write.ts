import { posix } from 'node:path';

import { TsmachineError } from '../base/errors.js';
import { quote } from '../base/quote.js';
import { newPart, type Found } from './end.js';
import { unwritable } from './remote-failure.js';
import type { RemoteLook } from './remote-look.js';

/** What tidies up must outlive the connection and the pipes that went with it. */
export const hardened = "trap '' HUP PIPE; umask 077";
const wrongSize = 'tsmachine-wrong-size';

/** How a command of the host ended. */
export interface Verdict {
  readonly exitCode: number;
  readonly stderr: string;
}

/**
 * The command that writes its standard input to a file: under a name of its own, and under the final one once it is whole and has
 * mode, time and owner. What comes beyond the announced size is cut off, because a file may grow while it is read.
 */
export function writeCommand(target: Found, source: Found): string {
  const path = quote(target.path);
  if (target.kind === 'other') return `cat > ${path}`;
  const half = quote(dashless(posix.join(posix.dirname(target.path), newPart())));
  const { owner } = target as RemoteLook;
  const { size } = source;
  const steps = [
    `cat > ${half}`,
    // what the system makes up when it is read (/proc) has no size
    ...(size === 0
      ? []
      : [
          `size=$(wc -c < ${half})`,
          // POSIX has dd cut a file where it begins to write
          `{ [ "$size" -le ${size} ] || { dd if=/dev/null of=${half} bs=1 seek=${size} 2>/dev/null && size=${size}; }; }`,
          // the end of a broken connection looks like the end of the file
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
export function judgeWrite(machine: string, path: string, { exitCode, stderr }: Verdict): void {
  if (exitCode === 0) return;
  if (!stderr.includes(wrongSize)) throw unwritable(machine, path, stderr);
  throw new TsmachineError('COPY_SOURCE', `The source changed while it was copied, so ${path} on ${machine} was not written`, {
    hint: 'Copy it again once nobody writes to it.',
  });
}

/** A path that no command takes for a flag. */
export function dashless(path: string): string {
  return path.startsWith('-') ? `./${path}` : path;
}
