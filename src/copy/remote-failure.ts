import { TsmachineError, errorText } from '../base/errors.js';

/** The host would not give a file or folder whole. */
export function unreadable(machine: string, path: string, stderr: string): TsmachineError {
  return new TsmachineError('COPY_SOURCE', `${path} on ${machine} cannot be read${reason(stderr)}`, {
    hint: permissionHint(stderr, machine),
  });
}

/** The host would not take a file or folder. */
export function unwritable(machine: string, path: string, stderr: string): TsmachineError {
  if (/no space left|quota exceeded|not enough space/i.test(stderr)) {
    return new TsmachineError('HOST_DISK_FULL', `The disk of ${machine} is full: ${path} was not written`, {
      hint: `Make room, then copy again: tsmachine ssh ${machine} df -h`,
    });
  }
  return new TsmachineError('COPY_TARGET', `${path} on ${machine} cannot be written${reason(stderr)}`, {
    hint: permissionHint(stderr, machine),
  });
}

/** The same for an error of SFTP; our own errors pass. */
export function refused(machine: string, path: string, error: unknown): unknown {
  return TsmachineError.is(error) ? error : unwritable(machine, path, errorText(error));
}

/** The last lines of what a program said, without its name and our temporary one. */
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

function permissionHint(stderr: string, machine: string): string | undefined {
  return /permission denied|not permitted/i.test(stderr) ? `Log in as another user: tsmachine scp ... USER@${machine}:PATH` : undefined;
}
