import { constants } from 'node:os';
import { StringDecoder } from 'node:string_decoder';

import type { ClientChannel } from 'ssh2';

import { TsmachineError, errorText } from '../../base/errors.js';
import type { ExecOptions, ExecResult } from '../../base/shell.js';

import type { Link } from '../dial/link.js';
import { at, type Place } from '../dial/place.js';
import { quote } from '../../base/quote.js';

export interface RemoteRunOptions extends Pick<ExecOptions, 'input' | 'timeout' | 'ok' | 'onLine'> {
  readonly signal: AbortSignal;
  /** The command's name in messages; never contains its input. */
  readonly title: string;
  /**
   * Used instead of `input`: gets the text of each stream and may write to the channel; returning true keeps the text out of the result.
   */
  readonly dialogue?: ((channel: ClientChannel, stream: 'stdout' | 'stderr', text: string) => boolean) | undefined;
}

/** How a command ended, whatever its exit status. */
export interface Ended extends ExecResult {
  /** What the host reported: neither `code` nor `signal` when the channel closed without a report. */
  readonly status: { readonly code?: number | undefined; readonly signal?: string | undefined };
}

/**
 * Runs a POSIX shell command, whatever shell the login has, and checks its exit status.
 * @throws TsmachineError REMOTE_COMMAND (exit status not in `ok`, timeout), SSH_LOST; the signal's reason when aborted.
 */
export async function execOn(link: Link, command: string, options: RemoteRunOptions): Promise<ExecResult> {
  return checkExitStatus(link.place, options, await runOn(link, command, options));
}

/** Runs a command as `execOn` does, whatever its exit status. */
export async function runOn(link: Link, command: string, options: RemoteRunOptions): Promise<Ended> {
  const { signal, title } = options;
  signal.throwIfAborted();
  const { channel, end: reported } = await openChannel(link, `exec sh -c ${quote(command)}`, title);
  const stdout = new Collector(options.onLine);
  const stderr = new Collector(options.onLine);
  const timeout = options.timeout ?? 60_000;
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  try {
    const end = await link.guard<End>(`running ${title}`, (resolve, reject) => {
      // Only the channel is closed: sshd does not pass signals on for root, and a package manager that is killed half-way
      // leaves more to repair than one that finishes.
      const stop = (reason: unknown): void => {
        channel.close();
        reject(reason);
      };
      onAbort = () => {
        stop(signal.reason);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      timer = setTimeout(() => {
        stop(timeoutError(link.place, title, timeout, stderr.text()));
      }, timeout);
      follow(channel, options.dialogue, stdout, stderr, () => {
        resolve(reported);
      });
      if (options.dialogue === undefined) channel.end(options.input ?? '');
    });
    return { exitCode: exitCodeOf(end), stdout: stdout.text(), stderr: stderr.text(), status: end };
  } finally {
    clearTimeout(timer);
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}

/** As a shell reports it: 128 plus the signal's number for a command that was killed, 255 when the host reported nothing. */
export function exitCodeOf(end: End): number {
  const signals: Readonly<Record<string, number>> = constants.signals;
  return end.code ?? (end.signal === undefined ? 255 : 128 + (signals[end.signal] ?? 0));
}

/** @param timeout milliseconds */
export function timeoutError(place: Place, title: string, timeout: number, stderr: string): TsmachineError {
  const words = tail(stderr);
  return new TsmachineError(
    'REMOTE_COMMAND',
    `${at(place)}: ${title} did not finish within ${timeout / 1000} s and may still be running there${afterColon(words)}`,
  );
}

export type End = Ended['status'];

export interface Opened {
  readonly channel: ClientChannel;
  /** Filled in when the host reports how the command ended. */
  readonly end: End;
}

/** Starts a command line in the login's shell. @throws TsmachineError REMOTE_COMMAND when the host refuses, SSH_LOST. */
export function openChannel(link: Link, command: string, title: string): Promise<Opened> {
  return link.guard<Opened>(`starting ${title}`, (resolve, reject) => {
    link.client.exec(command, (error, channel) => {
      if (error === undefined) {
        // Listen right away: the status of a quick command can arrive in the packet that opens its channel.
        const end: { code?: number | undefined; signal?: string | undefined } = {};
        channel.once('exit', (status: number | null, name?: string) => {
          end.code = status ?? undefined;
          end.signal = name;
        });
        resolve({ channel, end });
      } else if (!link.closed && !/No response from server/.test(error.message)) {
        reject(
          new TsmachineError('REMOTE_COMMAND', `${at(link.place)} did not start ${title}: ${errorText(error)}`, {
            hint: 'The account may have no shell, or the server may limit sessions (MaxSessions).',
            cause: error,
          }),
        );
      }
      // the guard reports a broken connection
    });
  });
}

function follow(
  channel: ClientChannel,
  dialogue: RemoteRunOptions['dialogue'],
  stdout: Collector,
  stderr: Collector,
  resolve: () => void,
): void {
  let open = 2;
  const done = (): void => {
    if (--open === 0) resolve();
  };
  const collect =
    (name: 'stdout' | 'stderr', into: Collector) =>
    (data: Buffer): void => {
      if (dialogue?.(channel, name, data.toString()) !== true) into.add(data);
    };
  channel.on('data', collect('stdout', stdout));
  channel.stderr.on('data', collect('stderr', stderr));
  channel.on('error', () => undefined); // the command closed its input early: its exit status gives the reason
  channel.on('close', done);
  channel.stderr.on('close', done);
}

/** Returns the result when its exit status is in `ok` (default [0]). @throws TsmachineError REMOTE_COMMAND for any other. */
export function checkExitStatus(
  place: Place,
  { ok, title }: Pick<RemoteRunOptions, 'ok' | 'title'>,
  { status, ...result }: Ended,
): ExecResult {
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

/** Collects the text of one stream and passes on its lines as they arrive. */
export class Collector {
  readonly #chunks: Buffer[] = [];
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: ((line: string) => void) | undefined;
  #rest = '';

  constructor(onLine: ((line: string) => void) | undefined) {
    this.#onLine = onLine;
  }

  add(data: Buffer): void {
    this.#chunks.push(data);
    if (this.#onLine === undefined) return;
    const lines = (this.#rest + this.#decoder.write(data)).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#onLine(line.replace(/\r$/, ''));
  }

  text(): string {
    if (this.#rest !== '') this.#onLine?.(this.#rest);
    this.#rest = '';
    return Buffer.concat(this.#chunks).toString('utf8');
  }
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

/** The first words of a command, for messages. */
export function titleOf(command: string): string {
  const line = command.trim().split('\n')[0] ?? '';
  return `'${line.length > 60 ? `${line.slice(0, 57)}...` : line}'`;
}
