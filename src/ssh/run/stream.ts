import type { Readable, Writable } from 'node:stream';

import { exitCodeOf, openChannel, titleOf } from './exec.js';
import type { Link } from '../dial/link.js';
import { quote } from '../../base/quote.js';

/** A command that is running on the host, its standard input and output as streams. */
export interface RemoteStream {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Settles once the command has ended and all it wrote was read. Rejects with SSH_LOST, or the signal's reason when aborted. */
  readonly ended: Promise<{ readonly exitCode: number; readonly stderr: string }>;
}

/** What a command may complain at most, in characters. */
const complaintLimit = 4000;

/**
 * Starts a POSIX shell command for data of any size. An abort closes its streams: a command that reads standard input sees its end.
 * @throws TsmachineError REMOTE_COMMAND when the host does not start it, SSH_LOST; the signal's reason when aborted.
 */
export async function streamOn(link: Link, command: string, signal: AbortSignal): Promise<RemoteStream> {
  signal.throwIfAborted();
  const title = titleOf(command);
  const { channel, told } = await openChannel(link, `exec sh -c ${quote(command)}`, title);
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
        else resolve({ exitCode: exitCodeOf(told), stderr });
      });
    })
    .catch((error: unknown) => {
      channel.destroy(); // nothing more will come or go
      throw error;
    })
    .finally(() => {
      signal.removeEventListener('abort', stop);
    });
  ended.catch(() => undefined); // met by whoever waits for it; a stream that breaks is noticed there first
  channel.on('error', () => undefined); // the command closed its input early: its exit status tells the rest
  return { stdin: channel, stdout: channel, ended };
}
