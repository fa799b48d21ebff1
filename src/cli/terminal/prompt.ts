import { createInterface } from 'node:readline';

import type { Screen } from './screen.js';

/**
 * Asks on stderr and reads one line of stdin, which may be a pipe.
 * @returns undefined at the end of input
 */
export async function askLine(question: string, screen: Screen, signal: AbortSignal): Promise<string | undefined> {
  signal.throwIfAborted();
  screen.stderr.write(question);
  // Not as a terminal: the line stays with the kernel's editor, so that Ctrl-C is the same signal as everywhere else.
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
          reject(reasonOf(signal));
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

const enter = ['\r', '\n'];
const endOfInput = '\u0004';
const interrupt = '\u0003';
const erase = ['\u0008', '\u007f'];

/**
 * Asks for a secret with the echo off.
 * @returns undefined where there is no terminal, or nothing was typed before the end of input
 */
export async function askSecret(question: string, screen: Screen, signal: AbortSignal): Promise<string | undefined> {
  const { stdin, stderr } = screen;
  if (!stdin.isTTY) return undefined;
  signal.throwIfAborted();
  stdin.setRawMode(true);
  stderr.write(`${question} `);
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
            process.emit('SIGINT', 'SIGINT'); // raw mode took the key from the kernel
          else if (erase.includes(key)) answer = Array.from(answer).slice(0, -1).join('');
          else answer += key;
        }
      };
      const onAbort = () => {
        finish(() => {
          reject(reasonOf(signal));
        });
      };
      const finish = (settle: () => void) => {
        stdin.off('data', onData);
        signal.removeEventListener('abort', onAbort);
        settle();
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

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason));
}
