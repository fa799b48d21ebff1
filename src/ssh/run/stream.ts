import type { Readable, Writable } from 'node:stream';

import { exitCodeOf, openChannel, titleOf } from './exec.js';
import type { Link } from '../dial/link.js';
import { quote } from '../../base/quote.js';

/** A command running on the host, with its standard input and output as streams. */
export interface RemoteStream {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Resolves once the command has ended and all its output was read. Rejects with SSH_LOST, or the signal's reason when aborted. */
  readonly ended: Promise<{ readonly exitCode: number; readonly stderr: string }>;
}

/** Characters of a command's standard error that are kept. */
const complaintLimit = 4000;

/**
 * Starts a POSIX shell command for data of any size. An abort closes its streams, so that a command reading standard input sees its end.
 * @throws TsmachineError REMOTE_COMMAND when the host does not start it, SSH_LOST; the signal's reason when aborted.
 */
export async function streamOn(link: Link, command: string, signal: AbortSignal): Promise<RemoteStream> {
  signal.throwIfAborted();
  const title = titleOf(command);
  const { channel, end } = await openChannel(link, `exec sh -c ${quote(command)}`, title);
  let stderr = '';
  channel.stderr.on('data', (data: Buffer) => {
    stderr = (stderr + data.toString()).slice(-complaintLimit);
  });
  const stop = (): void => {
    channel.close();
    channel.destroy();
  };
  signal.addEventListener('abort', stop, { once: true });
  const ended = link
    .guard<{ exitCode: number; stderr: string }>(`running ${title}`, (resolve, reject) => {
      channel.on('close', () => {
        if (signal.aborted) reject(signal.reason);
        else resolve({ exitCode: exitCodeOf(end), stderr });
      });
    })
    .catch((error: unknown) => {
      channel.destroy(); // no more data can arrive or be sent
      throw error;
    })
    .finally(() => {
      signal.removeEventListener('abort', stop);
    });
  ended.catch(() => undefined); // reported where `ended` is awaited; a broken stream is noticed first
  channel.on('error', () => undefined); // the command closed its input early: its exit status gives the reason
  return { stdin: channel, stdout: channel, ended };
}
