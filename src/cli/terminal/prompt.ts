import type { Screen } from './screen.js';
import { visible } from './visible.js';

/**
 * Asks on stderr and reads one line from stdin, which may be a pipe.
 * @returns undefined at the end of input
 */
export async function askLine(question: string, screen: Screen, signal: AbortSignal): Promise<string | undefined> {
  signal.throwIfAborted();
  screen.stderr.write(visible(question));
  let answer: string | undefined;
  try {
    answer = await readLine(screen.stdin, signal);
    return answer;
  } finally {
    if (answer === undefined) screen.stderr.write('\n'); // nobody pressed Enter
  }
}

/**
 * Reads up to the end of a line and leaves what comes after it for the next question. The kernel edits the line of a terminal.
 * @returns undefined at the end of input
 */
function readLine(stdin: NodeJS.ReadStream, signal: AbortSignal): Promise<string | undefined> {
  if (stdin.readableEnded) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    let read = Buffer.alloc(0);
    const onData = (chunk: string | Buffer) => {
      read = Buffer.concat([read, Buffer.from(chunk)]);
      const end = read.indexOf('\n');
      if (end >= 0)
        finish(() => {
          if (end + 1 < read.length) stdin.unshift(read.subarray(end + 1));
          resolve(read.subarray(0, end).toString().replace(/\r$/, ''));
        });
    };
    const onEnd = () => {
      finish(() => {
        resolve(read.length === 0 ? undefined : read.toString());
      });
    };
    const onError = (error: Error) => {
      finish(() => {
        reject(error);
      });
    };
    const onAbort = () => {
      onError(abortReason(signal));
    };
    const finish = (settle: () => void) => {
      stdin.pause();
      stdin.off('data', onData).off('end', onEnd).off('error', onError);
      signal.removeEventListener('abort', onAbort);
      settle();
    };
    stdin.on('data', onData).once('end', onEnd).once('error', onError);
    signal.addEventListener('abort', onAbort, { once: true });
    stdin.resume();
  });
}

/** Whether an answer means yes: it begins with y or Y. Anything else means no, as in Docker Machine. */
export function isYes(answer: string): boolean {
  return /^y/i.test(answer);
}

const enter = ['\r', '\n'];
const endOfInput = '\u0004';
const interrupt = '\u0003';
const erase = ['\u0008', '\u007f'];

/**
 * Asks for a secret with the echo off.
 * @returns undefined without a terminal, or if the input ends before anything is typed
 */
export async function askSecret(question: string, screen: Screen, signal: AbortSignal): Promise<string | undefined> {
  const { stdin, stderr } = screen;
  if (!stdin.isTTY) return undefined;
  signal.throwIfAborted();
  stdin.setRawMode(true);
  stderr.write(`${visible(question)} `);
  stdin.setEncoding('utf8');
  try {
    return await new Promise<string | undefined>((resolve, reject) => {
      let answer = '';
      const onData = (chunk: string | Buffer) => {
        for (const key of String(chunk)) {
          if (enter.includes(key))
            return finish(() => {
              resolve(answer);
            });
          if (key === endOfInput)
            return finish(() => {
              resolve(answer === '' ? undefined : answer);
            });
          if (key === interrupt)
            process.emit('SIGINT', 'SIGINT'); // in raw mode the kernel does not send it
          else if (erase.includes(key)) answer = Array.from(answer).slice(0, -1).join('');
          else answer += key;
        }
      };
      const onAbort = () => {
        finish(() => {
          reject(abortReason(signal));
        });
      };
      const finish = (callback: () => void) => {
        stdin.off('data', onData);
        signal.removeEventListener('abort', onAbort);
        callback();
      };
      stdin.on('data', onData);
      signal.addEventListener('abort', onAbort, { once: true });
      stdin.resume();
    });
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write('\n');
  }
}

function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason));
}
