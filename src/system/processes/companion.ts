import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';

import { commandLine, reporting } from '../calls.js';
import { notStarted } from './command-missing.js';
import { ownGroup, supervise } from './supervise.js';

/** A program that runs beside this one, and is ended with it. */
export interface Companion {
  /** Resolves when it has ended and everything it printed was told: `exit status 1`, `SIGKILL`. */
  readonly ended: Promise<string>;
  /** Ends it and everything it started: SIGTERM, and SIGKILL after two seconds. Resolves when it has ended. */
  end(): Promise<void>;
  /** Whether this program waits for it before it ends by itself; at first it does. */
  awaited(yes: boolean): void;
}

export interface CompanionOptions {
  readonly args?: readonly string[];
  /** Added to this program's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Ends the program. */
  readonly signal?: AbortSignal | undefined;
  /** Gets each line as it comes, without its end. Longer ones than 64 KiB come in pieces. */
  readonly onLine: (from: 'stdout' | 'stderr', line: string) => void;
}

const longestLine = 64 * 1024;
const forever = Infinity;

/**
 * Starts a program without a shell, with nothing on its standard input.
 * @throws TsmachineError COMMAND_MISSING, COMMAND_FAILED; the signal's reason when aborted
 */
export function startCompanion(file: string, options: CompanionOptions): Promise<Companion> {
  const { args = [] } = options;
  return reporting(
    `start: ${commandLine(file, args)}`,
    () => start(file, args, options),
    () => 'running',
  );
}

async function start(file: string, args: readonly string[], { env = {}, signal, onLine }: CompanionOptions): Promise<Companion> {
  signal?.throwIfAborted();
  const child = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    detached: ownGroup,
    windowsHide: true,
  });
  const stop = new AbortController();
  const supervision = supervise(child, { timeout: forever, signal: stop.signal });
  const abort = () => {
    stop.abort();
  };
  signal?.addEventListener('abort', abort, { once: true });
  const ended = endOf(child).finally(() => {
    signal?.removeEventListener('abort', abort);
    supervision.done();
  });
  for (const from of ['stdout', 'stderr'] as const)
    eachLine(child[from], (line) => {
      onLine(from, line);
    });
  try {
    await once(child, 'spawn');
  } catch (error) {
    supervision.done();
    throw notStarted(file, error);
  }
  return {
    ended,
    async end() {
      stop.abort();
      await ended;
    },
    awaited(yes) {
      const what = yes ? 'ref' : 'unref';
      child[what]();
      for (const output of [child.stdout, child.stderr]) if (output instanceof Socket) output[what]();
    },
  };
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('close', (status: number | null, signal: NodeJS.Signals | null) => {
      resolve(signal ?? `exit status ${status ?? 'unknown'}`);
    });
  });
}

function eachLine(output: Readable, take: (line: string) => void): void {
  let pending = '';
  output.setEncoding('utf8');
  output.on('data', (piece: string) => {
    const lines = (pending + piece).split('\n');
    pending = lines.pop() ?? '';
    lines.forEach((line) => {
      take(line.replace(/\r$/, ''));
    });
    if (pending.length < longestLine) return;
    take(pending);
    pending = '';
  });
  output.on('end', () => {
    if (pending !== '') take(pending);
  });
}
