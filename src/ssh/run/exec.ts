import type { ClientChannel } from 'ssh2';

import { TsmachineError, errorText } from '../../base/errors.js';
import type { ExecResult, ScriptOptions } from '../../base/shell.js';

import { reporting } from '../../system/calls.js';
import type { Link } from '../dial/link.js';
import { at } from '../dial/place.js';
import { Collector, insteadOf } from './collector.js';
import type { Program } from './frame.js';
import { checkExitStatus, exitCodeOf, timeoutError, type End, type Ended } from './outcome.js';
import { sshTimeouts } from '../timeouts.js';

export interface RemoteRunOptions extends ScriptOptions {
  readonly signal: AbortSignal;
  /** The program's name in messages; never contains its input. */
  readonly title: string;
  /** Used instead of the program's input: gets the text of both streams and may write to the channel. */
  readonly dialogue?: ((channel: ClientChannel, text: string) => void) | undefined;
}

/**
 * Runs a program, whatever shell the login has, and checks its exit status.
 * @throws TsmachineError REMOTE_COMMAND (exit status not in `ok`, timeout, too much output), SSH_LOST; the signal's reason when aborted.
 */
export async function execOn(link: Link, program: Program, options: RemoteRunOptions): Promise<ExecResult> {
  return checkExitStatus(link.place, options, await runOn(link, program, options));
}

/** Runs a program as `execOn` does, whatever its exit status. */
export function runOn(link: Link, program: Program, options: RemoteRunOptions): Promise<Ended> {
  return reporting(
    `ssh ${at(link.place)}: ${options.title}`,
    () => runThere(link, program, options),
    ({ exitCode }) => `exit status ${exitCode}`,
  );
}

async function runThere(link: Link, { line, input, mark }: Program, options: RemoteRunOptions): Promise<Ended> {
  const { signal, title, onLine } = options;
  const { place } = link;
  signal.throwIfAborted();
  const { channel, end: reported } = await openChannel(link, line, title);
  let onExcess: (error: TsmachineError) => void = () => undefined;
  const collect = () => new Collector({ mark, place, title, onLine, onExcess: (error) => onExcess(error) });
  const [stdout, stderr] = [collect(), collect()];
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
      onExcess = stop;
      onAbort = () => {
        stop(signal.reason);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      timer = setTimeout(() => {
        stop(timeoutError(place, title, timeout, stderr.frame.started ? stderr.text() : stderr.frame.words));
      }, timeout);
      follow(channel, options.dialogue, stdout, stderr, () => {
        resolve(reported);
      });
      if (options.dialogue === undefined) channel.end(input);
    });
    return {
      exitCode: exitCodeOf(end),
      stdout: stdout.text(),
      stderr: stderr.text(),
      status: end,
      instead: insteadOf(stdout.frame, stderr.frame),
    };
  } finally {
    clearTimeout(timer);
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}

export interface Opened {
  readonly channel: ClientChannel;
  /** Filled in when the host reports how the command ended. */
  readonly end: End;
}

/** Starts a command line in the login's shell. @throws TsmachineError REMOTE_COMMAND when the host refuses, SSH_LOST. */
export function openChannel(link: Link, command: string, title: string): Promise<Opened> {
  return link.guard<Opened>(
    `starting ${title}`,
    (resolve, reject) => {
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
    },
    sshTimeouts.request,
  );
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
    (into: Collector) =>
    (data: Buffer): void => {
      dialogue?.(channel, data.toString());
      into.add(data);
    };
  channel.on('data', collect(stdout));
  channel.stderr.on('data', collect(stderr));
  channel.on('error', () => undefined); // the command closed its input early: its exit status gives the reason
  channel.on('close', done);
  channel.stderr.on('close', done);
}
