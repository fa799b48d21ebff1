import { createInterface } from 'node:readline';

import type { Screen } from './screen.js';
import { visible } from './visible.js';

/**
 * Asks on stderr and reads one line from stdin, which may be a pipe.
 * @returns undefined at the end of input
 */
export async function askLine(question: string, screen: Screen, signal: AbortSignal): Promise<string | undefined> {
  signal.throwIfAborted();
  screen.stderr.write(visible(question));
  // Not as a terminal: the kernel keeps editing the line, so that Ctrl-C sends the usual signal.
  const lines = createInterface({ input: screen.stdin, terminal: false });
  let answer: string | undefined;
  try {
    answer = await new Promise<string | undefined>((resolve, reject) => {
      lines.once('line', resolve);
      lines.once('close', () => {
        resolve(undefined);
      });
      signal.addEventListener(
        'abort',
        () => {
          reject(abortReason(signal));
        },
        { once: true },
      );
    });
    return answer;
  } finally {
    if (answer === undefined) screen.stderr.write('\n'); // nobody pressed Enter
    lines.close();
    screen.stdin.pause();
  }
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
