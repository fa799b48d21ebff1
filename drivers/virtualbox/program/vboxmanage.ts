import { setTimeout as pause } from 'node:timers/promises';

import { TsmachineError } from '../../../src/base/errors.js';
import type { DriverContext, ExecResult } from '../../../src/driver/contract.js';
import type { CallOptions, Computer, Outcome, VBoxManage, Version } from '../api.js';
import { isSpelledByVersion, parseVersion, spelled } from './version.js';

const attempts = 5;
const defaultTimeout = 60_000;
/** Output must not be translated. The character set stays UTF-8, for paths. */
const english = { LC_ALL: 'C.UTF-8', LANGUAGE: 'C' };
const anyStatus = Array.from({ length: 256 }, (_, status) => status);

/** VBoxManage of this computer, called through the context. It may report an error on stderr and still exit with 0. */
export function vboxManage(ctx: Pick<DriverContext, 'exec' | 'signal'>, computer: Computer): VBoxManage {
  let known: Promise<Version> | undefined;
  const attempt = async (args: readonly string[], { timeout = defaultTimeout }: CallOptions = {}): Promise<Outcome> => {
    for (let left = attempts; ; left -= 1) {
      const result = await call(ctx, computer, args, timeout);
      const problem = problemOf(result);
      if (problem === undefined || left <= 1 || !problem.includes('The object is not ready')) {
        return { stdout: result.stdout, problem, status: result.exitCode };
      }
      await pause(100, undefined, { signal: ctx.signal });
    }
  };
  const version = async () => {
    const { stdout, problem } = await attempt(['--version']);
    const found = parseVersion(stdout);
    if (found) return found;
    throw new TsmachineError('DRIVER_PRECHECK', `VBoxManage does not print its version${problem === undefined ? '' : `: ${problem}`}`, {
      hint: 'Is VirtualBox installed completely? Try: VBoxManage --version',
    });
  };
  const attemptSpelled: VBoxManage['attempt'] = async (args, options) =>
    attempt(isSpelledByVersion(args) ? spelled(args, await (known ??= version())) : args, options);
  return {
    version: () => (known ??= version()),
    attempt: attemptSpelled,
    async run(args, options) {
      const { stdout, problem } = await attemptSpelled(args, options);
      if (problem !== undefined) throw failure(args, problem);
      return stdout;
    },
  };
}

async function call(ctx: Pick<DriverContext, 'exec'>, computer: Computer, args: readonly string[], timeout: number): Promise<ExecResult> {
  try {
    return await ctx.exec(await computer.program(), args, { timeout, ok: anyStatus, env: english });
  } catch (error) {
    if (TsmachineError.is(error) && error.code === 'COMMAND_MISSING') throw missing(error);
    throw error;
  }
}

function missing(cause: unknown): TsmachineError {
  return new TsmachineError('COMMAND_MISSING', 'VBoxManage not found. Make sure VirtualBox is installed and VBoxManage is in the path', {
    cause,
    hint: 'Install VirtualBox from https://www.virtualbox.org',
  });
}

/** The error messages of a failed call, without progress, the program's name and the place in VirtualBox's sources. */
function problemOf({ exitCode, stderr }: ExecResult): string | undefined {
  if (exitCode === 0 && !/\berror:/i.test(stderr)) return undefined;
  const lines = stderr.split(/\r?\n/).map((line) => line.replace(/^VBoxManage(\.exe)?: /, '').trim());
  const errors = lines
    .filter((line) => line.startsWith('error: '))
    .map((line) => line.slice('error: '.length))
    .filter((line) => !/^(Details|Context): /.test(line));
  return (
    errors.join('\n') ||
    lines
      .filter((line) => line !== '')
      .slice(-3)
      .join('\n') ||
    `it ended with status ${exitCode}`
  );
}

export function failure(args: readonly string[], problem: string): TsmachineError {
  const message = `VBoxManage ${args.join(' ')} failed:\n${problem}`;
  if (/VERR_DISK_FULL|ENOSPC|no space left|disk full/i.test(problem)) {
    return new TsmachineError('STORE_FULL', message, {
      hint: 'Make room on the disk, or put the store on another one with --storage-path',
    });
  }
  const module = /vboxdrv|vboxnetctl|VERR_VM_DRIVER_NOT_INSTALLED|kernel driver not installed/i.test(problem);
  return new TsmachineError('DRIVER_FAILED', message, {
    hint: module
      ? "VirtualBox's kernel module is not loaded. On Linux: sudo /sbin/vboxconfig (or modprobe vboxdrv vboxnetadp vboxnetflt)"
      : undefined,
  });
}
