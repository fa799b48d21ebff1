import { TsmachineError, errorText } from '../base/errors.js';
import { run, say, type Text } from '../base/text.js';

/** The error for a file or folder that the host could not read completely. */
export function unreadable(machine: string, path: string, stderr: string): TsmachineError {
  return new TsmachineError('COPY_SOURCE', `${path} on ${machine} cannot be read${reason(stderr)}`, {
    hint: permissionHint(stderr, machine),
  });
}

/** The error for a file without a size whose content does not end. */
export function endless(machine: string, path: string): TsmachineError {
  return new TsmachineError('COPY_SOURCE', `${path} on ${machine} has no size, and its content does not end`);
}

/** The error for a file or folder that the host could not write. */
export function unwritable(machine: string, path: string, stderr: string): TsmachineError {
  if (/no space left|quota exceeded|not enough space/i.test(stderr)) {
    return new TsmachineError('HOST_DISK_FULL', `The disk of ${machine} is full: ${path} was not written`, {
      hint: say`Make room, then copy again: ${run('ssh', machine, 'df', '-h')}`,
    });
  }
  return new TsmachineError('COPY_TARGET', `${path} on ${machine} cannot be written${reason(stderr)}`, {
    hint: permissionHint(stderr, machine),
  });
}

/** The same for an error of SFTP; our own errors pass through. */
export function refused(machine: string, path: string, error: unknown): unknown {
  return TsmachineError.is(error) ? error : unwritable(machine, path, errorText(error));
}

/** The last lines of what a program printed, without its name and our temporary file's. */
function reason(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) =>
      line
        .replace(/^(sh|tar|cat|mv|mkdir|touch|chmod)?: ?(\d+: |line \d+: )?/, '')
        .replace(/(cannot create|can't create|can't open|cannot open) \S*\.tsmachine-[0-9a-f]+\.part/, '$1 it')
        .trim(),
    )
    .filter((line) => line !== '' && !/^Exiting with failure status/.test(line));
  return lines.length === 0 ? '' : `: ${lines.slice(-3).join('; ')}`;
}

function permissionHint(stderr: string, machine: string): Text | undefined {
  if (!/permission denied|not permitted/i.test(stderr)) return undefined;
  return say`Log in as another user: ${run('scp', '...', `USER@${machine}:PATH`)}`;
}
