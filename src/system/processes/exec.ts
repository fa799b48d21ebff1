import { stat } from 'node:fs/promises';

import type { Options } from 'execa';

import { TsmachineError } from '../../base/errors.js';
import type { ExecOptions, ExecResult } from '../../base/shell.js';
import { commandMissing, notStarted } from './command-missing.js';
import { commandLine, reporting } from '../calls.js';
import { ownGroup, supervise } from './supervise.js';

export { spawnDetached } from './detached.js';

export interface RunOptions extends ExecOptions {
  readonly signal?: AbortSignal;
  /** The hint for when the program is not installed: "apt-get install debootstrap". */
  readonly hint?: string;
}

const defaultTimeout = 60_000;
const shownLines = 5;

/**
 * Runs a local program without a shell. The output is returned unchanged, including the final line break.
 * @throws TsmachineError COMMAND_MISSING when it is not installed, COMMAND_FAILED unless it ends with an `ok` status;
 * the signal's reason when aborted. Errors show the arguments and the last lines of output, never input or environment.
 */
export function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<ExecResult> {
  return reporting(
    `run: ${commandLine(file, args)}`,
    () => runProgram(file, args, options),
    ({ exitCode }) => `exit status ${exitCode}`,
  );
}

async function runProgram(file: string, args: readonly string[], options: RunOptions): Promise<ExecResult> {
  options.signal?.throwIfAborted();
  const timeout = options.timeout ?? defaultTimeout;
  const { execa } = await import('execa');
  const child = execa(file, args, settings(options));
  const supervision = supervise(child, { timeout, signal: options.signal });
  const result = await child.finally(() => {
    supervision.done();
  });
  options.signal?.throwIfAborted();

  const command = [file, ...args].join(' ');
  if (result.exitCode === undefined && !result.isTerminated) throw await spawnError(file, command, options, result);
  if (supervision.timedOut) throw failure(command, `did not finish within ${seconds(timeout)} s and was ended`, result);
  if (result.exitCode === undefined) throw failure(command, `was ended by ${result.signal ?? 'a signal'}`, result);
  if (!(options.ok ?? [0]).includes(result.exitCode)) throw failure(command, `failed with exit status ${result.exitCode}`, result);
  return { exitCode: result.exitCode, stdout: text(result.stdout), stderr: text(result.stderr) };
}

function settings(options: RunOptions) {
  const output = options.onLine ? lineByLine(options.onLine) : 'pipe';
  return {
    reject: false,
    stripFinalNewline: false,
    windowsHide: true,
    detached: ownGroup,
    stdout: output,
    stderr: output,
    ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
    ...(options.env && { env: { ...options.env } }),
    ...(options.cwd !== undefined && { cwd: options.cwd }),
  } satisfies Options;
}

function lineByLine(onLine: (line: string) => void) {
  return function* (line: unknown) {
    onLine(String(line));
    yield line;
  };
}

interface Ending {
  readonly code?: string | undefined;
  readonly cause?: unknown;
  readonly originalMessage?: string | undefined;
  readonly stdout?: unknown;
  readonly stderr?: unknown;
}

async function spawnError(file: string, command: string, options: RunOptions, ending: Ending): Promise<TsmachineError> {
  if (ending.code === 'ENOENT' || /\bENOENT\b/.test(ending.originalMessage ?? '')) {
    if (options.cwd !== undefined && !(await isFolder(options.cwd))) {
      return new TsmachineError('COMMAND_FAILED', `Cannot run "${command}": there is no folder ${options.cwd} to run it in`, {
        cause: ending.cause,
      });
    }
    return commandMissing(file, options.hint, ending.cause);
  }
  return notStarted(file, ending.cause);
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false; // in either case the program cannot run there, which is what the caller reports
  }
}

/** Quotes standard error, or standard output for programs that report errors only there (debootstrap). */
function failure(command: string, what: string, ending: Ending): TsmachineError {
  const lines = lastLines(text(ending.stderr)) || lastLines(text(ending.stdout));
  return new TsmachineError('COMMAND_FAILED', `"${command}" ${what}${lines && `:\n${lines}`}`);
}

function lastLines(output: string): string {
  return output
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(-shownLines)
    .join('\n');
}

function text(output: unknown): string {
  return typeof output === 'string' ? output : '';
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 100) / 10;
}
