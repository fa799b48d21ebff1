import { constants } from 'node:os';
import { StringDecoder } from 'node:string_decoder';

import type { ClientChannel } from 'ssh2';

import { TsmachineError, errorText } from '../../base/errors.js';
import type { ExecOptions, ExecResult } from '../../base/shell.js';

import type { Link } from '../dial/link.js';
import { at, type Place } from '../dial/place.js';
import { quote } from '../../base/quote.js';

export interface RunOptions extends Pick<ExecOptions, 'input' | 'timeout' | 'ok' | 'onLine'> {
  readonly signal: AbortSignal;
  /** How messages name the command; never its input. */
  readonly title: string;
  /** Talks with the command instead of `input`: sees what comes on each stream and may write; true keeps the text out of the result. */
  readonly dialogue?: ((channel: ClientChannel, stream: 'stdout' | 'stderr', text: string) => boolean) | undefined;
}

/** How a command ended, not yet judged. */
export interface Ended extends ExecResult {
  /** `status` is what the host told: neither for a channel that just closed. */
  readonly status: { readonly code?: number | undefined; readonly signal?: string | undefined };
}

/**
 * Runs a POSIX shell command, whatever shell the login has, and judges its exit status.
 * @throws TsmachineError REMOTE_COMMAND (exit status not in `ok`, time over), SSH_LOST; the signal's reason when aborted.
 */
export async function execOn(link: Link, command: string, options: RunOptions): Promise<ExecResult> {
  return judge(link.place, options, await runOn(link, command, options));
}

/** Runs a command as `execOn` does, whatever its exit status. */
export async function runOn(link: Link, command: string, options: RunOptions): Promise<Ended> {
  const { signal, title } = options;
  signal.throwIfAborted();
  const { channel, told } = await openChannel(link, `exec sh -c ${quote(command)}`, title);
  const stdout = new Collector(options.onLine);
  const stderr = new Collector(options.onLine);
  const timeout = options.timeout ?? 60_000;
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  try {
    const end = await link.guard<End>(`running ${title}`, (resolve, reject) => {
      // Only the channel is closed: sshd passes signals on for other users than root alone, and a package manager killed
      // half way leaves more to repair than one that comes to its end.
      const stop = (reason: unknown): void => {
        channel.close();
        reject(reason);
      };
      onAbort = () => {
        stop(signal.reason);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      timer = setTimeout(() => {
        stop(overdue(link.place, title, timeout, stderr.text()));
      }, timeout);
      follow(channel, options.dialogue, stdout, stderr, () => {
        resolve(told);
      });
      if (options.dialogue === undefined) channel.end(options.input ?? '');
    });
    return { exitCode: exitCodeOf(end), stdout: stdout.text(), stderr: stderr.text(), status: end };
  } finally {
    clearTimeout(timer);
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}

/** As a shell counts: 128 and the signal's number for a command that was killed, 255 for one that did not say. */
export function exitCodeOf(end: End): number {
  const signals: Readonly<Record<string, number>> = constants.signals;
  return end.code ?? (end.signal === undefined ? 255 : 128 + (signals[end.signal] ?? 0));
}

/** @param timeout milliseconds */
export function overdue(place: Place, title: string, timeout: number, stderr: string): TsmachineError {
  const words = tail(stderr);
  return new TsmachineError(
    'REMOTE_COMMAND',
    `${at(place)}: ${title} did not finish within ${timeout / 1000} s and may still be running there${afterColon(words)}`,
  );
}

export type End = Ended['status'];

export interface Opened {
  readonly channel: ClientChannel;
  /** Filled in when the host tells how the command ended. */
  readonly told: End;
}

/** Starts a command line in the login's shell. @throws TsmachineError REMOTE_COMMAND when the host refuses, SSH_LOST. */
export function openChannel(link: Link, command: string, title: string): Promise<Opened> {
  return link.guard<Opened>(`starting ${title}`, (resolve, reject) => {
    link.client.exec(command, (error, channel) => {
      if (error === undefined) {
        // Listened for here and not a promise later: the status of a quick command comes in the packet that opens its channel.
        const told: { code?: number | undefined; signal?: string | undefined } = {};
        channel.once('exit', (status: number | null, name?: string) => {
          told.code = status ?? undefined;
          told.signal = name;
        });
        resolve({ channel, told });
      } else if (!link.closed && !/No response from server/.test(error.message)) {
        reject(
          new TsmachineError('REMOTE_COMMAND', `${at(link.place)} would not start ${title}: ${errorText(error)}`, {
            hint: 'The account may have no shell, or the server a limit on sessions (MaxSessions).',
            cause: error,
          }),
        );
      }
      // a broken connection is told by the guard
    });
  });
}

function follow(channel: ClientChannel, dialogue: RunOptions['dialogue'], stdout: Collector, stderr: Collector, resolve: () => void): void {
  let open = 2;
  const done = (): void => {
    if (--open === 0) resolve();
  };
  const take =
    (name: 'stdout' | 'stderr', into: Collector) =>
    (data: Buffer): void => {
      if (dialogue?.(channel, name, data.toString()) !== true) into.add(data);
    };
  channel.on('data', take('stdout', stdout));
  channel.stderr.on('data', take('stderr', stderr));
  channel.on('error', () => undefined); // the command closed its input early: its exit status tells the rest
  channel.on('close', done);
  channel.stderr.on('close', done);
}

/** Passes a result whose exit status is in `ok` (default [0]). @throws TsmachineError REMOTE_COMMAND. */
export function judge(place: Place, { ok, title }: Pick<RunOptions, 'ok' | 'title'>, { status, ...result }: Ended): ExecResult {
  const told = status.code !== undefined || status.signal !== undefined;
  if (told && (ok ?? [0]).includes(result.exitCode)) return result;
  const how =
    status.signal !== undefined
      ? `was killed by ${status.signal}`
      : told
        ? `failed with exit status ${result.exitCode}`
        : 'ended without an exit status';
  const words = tail(result.stderr) || tail(result.stdout);
  throw new TsmachineError('REMOTE_COMMAND', `${at(place)}: ${title} ${how}${afterColon(words)}`);
}

/** Gathers one stream, and passes on its lines as they come. */
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
