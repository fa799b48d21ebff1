import { constants } from 'node:os';

import { TsmachineError } from '../../base/errors.js';
import type { ExecResult, ScriptOptions } from '../../base/shell.js';

import { at, type Place } from '../dial/place.js';
import { noiseLimit } from './frame.js';

/** What the host reported about a program's end: neither `code` nor `signal` when it ended without a report. */
export interface End {
  readonly code?: number | undefined;
  readonly signal?: string | undefined;
}

/** How a program ended, whatever its exit status. */
export interface Ended extends ExecResult {
  readonly status: End;
  /** What was printed before the program began; undefined when it did begin. */
  readonly instead?: string | undefined;
}

/** As a shell reports it: 128 plus the signal's number for a command that was killed, 255 when the host reported nothing. */
export function exitCodeOf(end: End): number {
  const signals: Readonly<Record<string, number>> = constants.signals;
  return end.code ?? (end.signal === undefined ? 255 : 128 + (signals[end.signal] ?? 0));
}

/**
 * Returns the result when its exit status is in `ok` (default [0]).
 * @throws TsmachineError REMOTE_COMMAND for any other, and for a program that never began
 */
export function checkExitStatus(
  place: Place,
  { ok, title, endsHost }: Pick<ScriptOptions, 'ok' | 'endsHost'> & { readonly title: string },
  { status, instead, ...result }: Ended,
): ExecResult {
  // a host that goes down ends the programs of its logins, or closes their connections in the middle
  if (endsHost === true && status.code === undefined) return { ...result, exitCode: 0 };
  if (instead !== undefined) throw neverBegan(place, title, instead);
  const isReported = status.code !== undefined || status.signal !== undefined;
  if (isReported && (ok ?? [0]).includes(result.exitCode)) return result;
  const how =
    status.signal !== undefined
      ? `was killed by ${status.signal}`
      : isReported
        ? `failed with exit status ${result.exitCode}`
        : 'ended without an exit status';
  const words = tail(result.stderr) || tail(result.stdout);
  throw new TsmachineError('REMOTE_COMMAND', `${at(place)}: ${title} ${how}${afterColon(words)}`);
}

/** @param timeout milliseconds */
export function timeoutError(place: Place, title: string, timeout: number, stderr: string): TsmachineError {
  const words = tail(stderr);
  return new TsmachineError(
    'REMOTE_COMMAND',
    `${at(place)}: ${title} did not finish within ${timeout / 1000} s and may still be running there${afterColon(words)}`,
  );
}

/** The error when the login's shell ended before it ran the program. @param words what was printed instead */
export function neverBegan(place: Place, title: string, words: string): TsmachineError {
  return new TsmachineError(
    'REMOTE_COMMAND',
    `${at(place)}: the login shell of ${place.user} did not run ${title}${afterColon(tail(words))}`,
    {
      hint: `Look at the account: its shell (getent passwd ${place.user}) and what its start-up files do, such as ~/.bashrc.`,
    },
  );
}

/** The error when the login's shell has not run the program in time. @param timeout milliseconds */
export function slowStart(place: Place, title: string, timeout: number): TsmachineError {
  return new TsmachineError(
    'REMOTE_COMMAND',
    `${at(place)}: the login shell of ${place.user} did not run ${title} within ${timeout / 1000} s`,
    {
      hint: `Look at what the start-up files of ${place.user} do, such as ~/.bashrc.`,
    },
  );
}

/** The error when start-up files print and print. */
export function endlessNoise(place: Place, title: string): TsmachineError {
  const limit = `more than ${noiseLimit / 2 ** 20} MiB`;
  return new TsmachineError(
    'REMOTE_COMMAND',
    `${at(place)}: the start-up files of ${place.user} print ${limit} before ${title} begins, so it was given up`,
    { hint: 'Let ~/.bashrc, ~/.profile or ~/.cshrc of that user print in interactive shells only.' },
  );
}

/** The error when a program prints more than a program of ours ever does. @param limit bytes */
export function tooMuchOutput(place: Place, title: string, limit: number): TsmachineError {
  return new TsmachineError('REMOTE_COMMAND', `${at(place)}: ${title} printed more than ${limit / 2 ** 20} MiB and was given up`);
}

/** The first words of a command, for messages. */
export function titleOf(command: string): string {
  const line = command.trim().split('\n')[0] ?? '';
  return `'${line.length > 60 ? `${line.slice(0, 57)}...` : line}'`;
}

function afterColon(words: string): string {
  return words === '' ? '' : `: ${words}`;
}

/** The last five lines, shortened. */
function tail(text: string): string {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return lines
    .slice(-5)
    .map((line) => line.slice(0, 300))
    .join('\n');
}
