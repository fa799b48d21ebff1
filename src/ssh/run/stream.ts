import { Transform, pipeline, type Readable, type TransformCallback, type Writable } from 'node:stream';

import { TsmachineError } from '../../base/errors.js';

import type { Link } from '../dial/link.js';
import type { Place } from '../dial/place.js';
import { Complaint, insteadOf } from './collector.js';
import { openChannel } from './exec.js';
import { Frame, framedCommand, noiseLimit } from './frame.js';
import { endlessNoise, exitCodeOf, neverBegan, slowStart, titleOf } from './outcome.js';

/** A command running on the host, with its standard input and output as streams. */
export interface RemoteStream {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Resolves once the command has ended and all its output was read. Rejects with SSH_LOST, or the signal's reason when aborted. */
  readonly ended: Promise<{ readonly exitCode: number; readonly stderr: string }>;
}

/** What a client provides of a running program. */
export interface Running {
  readonly mark: string;
  readonly title: string;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** The exit status, once the program has ended and its streams were read. */
  readonly exit: Promise<number>;
  /** Lets go of the program and closes its streams. */
  readonly stop: () => void;
}

/** Milliseconds in which the login's shell must have begun a program. */
const startTimeout = 60_000;

/** The streams of a program without what start-up files print. */
export function framedStream(place: Place, { mark, title, stdin, stdout, stderr, exit, stop }: Running): RemoteStream {
  const complaint = new Complaint(mark);
  const timer = setTimeout(() => own.destroy(slowStart(place, title, startTimeout)), startTimeout);
  const own = new OwnOutput(
    mark,
    () => {
      clearTimeout(timer);
    },
    () => endlessNoise(place, title),
  );
  own.on('error', () => undefined); // `ended` gives it, and its reader gets it
  stderr.on('data', (data: Buffer) => {
    complaint.add(data);
    if (complaint.frame.noise > noiseLimit) own.destroy(endlessNoise(place, title));
  });
  const refused = new Promise<never>((_, reject) => {
    pipeline(stdout, own, (error) => {
      clearTimeout(timer);
      if (!TsmachineError.is(error)) return; // its reader is gone, or `exit` gives the reason
      reject(error); // the host is not waited for: it may go on sending for a while
      stop();
    });
  });
  const finished = exit.then(
    (exitCode) => {
      const instead = insteadOf(own.frame, complaint.frame);
      if (instead !== undefined) throw neverBegan(place, title, instead);
      return { exitCode, stderr: complaint.text() };
    },
    (error: unknown) => {
      own.destroy(TsmachineError.from(error)); // no more data can arrive
      throw error;
    },
  );
  const ended = Promise.race([finished, refused]);
  ended.catch(() => undefined); // reported where `ended` is awaited; a broken stream is noticed first
  return { stdin, stdout: own, ended };
}

/** A program's output without what comes before its mark. */
class OwnOutput extends Transform {
  readonly frame: Frame;
  readonly #onBegin: () => void;
  readonly #endless: () => TsmachineError;

  constructor(mark: string, onBegin: () => void, endless: () => TsmachineError) {
    super({ highWaterMark: 1 << 20 });
    this.frame = new Frame(mark);
    this.#onBegin = onBegin;
    this.#endless = endless;
  }

  override _transform(data: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const own = this.frame.feed(data);
    if (own !== undefined) this.#onBegin();
    if (this.frame.noise > noiseLimit) done(this.#endless());
    else done(null, own);
  }
}

/**
 * Starts a POSIX shell command for data of any size. An abort closes its streams, so that a command reading standard input sees its end.
 * @throws TsmachineError REMOTE_COMMAND when the host does not start it, SSH_LOST; the signal's reason when aborted.
 */
export async function streamOn(link: Link, command: string, signal: AbortSignal): Promise<RemoteStream> {
  signal.throwIfAborted();
  const title = titleOf(command);
  const { line, mark } = framedCommand(command);
  const { channel, end } = await openChannel(link, line, title);
  const stop = (): void => {
    channel.close();
    channel.destroy();
  };
  signal.addEventListener('abort', stop, { once: true });
  const exit = link
    .guard<number>(`running ${title}`, (resolve, reject) => {
      channel.on('close', () => {
        if (signal.aborted) reject(signal.reason);
        else resolve(exitCodeOf(end));
      });
    })
    .catch((error: unknown) => {
      channel.destroy(); // no more data can arrive or be sent
      throw error;
    })
    .finally(() => {
      signal.removeEventListener('abort', stop);
    });
  channel.on('error', () => undefined); // the command closed its input early: its exit status gives the reason
  return framedStream(link.place, { mark, title, stdin: channel, stdout: channel, stderr: channel.stderr, exit, stop });
}
