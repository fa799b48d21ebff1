import { channel } from 'node:diagnostics_channel';

import { errorText } from '../base/errors.js';
import { secretFlag } from '../base/flags.js';

/** A call to something outside of this program: a program, a host, an engine, a server. It holds no secret. */
export interface OutsideCall {
  /** `run: VBoxManage list vms`, `engine m1: GET /info`. */
  readonly what: string;
  readonly milliseconds: number;
  /** `exit status 0`, `200`, or the words of the error. */
  readonly result: string;
}

const calls = channel('tsmachine:call');

/**
 * Makes a call and, where somebody listens, tells of it when it has ended.
 * @param what must not contain a secret; input, headers and environment never belong here
 * @param resultOf what became of it, in a word or two
 */
export async function reporting<T>(what: string, call: () => Promise<T>, resultOf: (value: T) => string = () => 'done'): Promise<T> {
  if (!calls.hasSubscribers) return call();
  const started = performance.now();
  const tell = (result: string) => {
    calls.publish({ what, milliseconds: Math.round(performance.now() - started), result } satisfies OutsideCall);
  };
  try {
    const value = await call();
    tell(resultOf(value));
    return value;
  } catch (error) {
    tell(`failed: ${errorText(error).split('\n')[0] ?? ''}`);
    throw error;
  }
}

/** Calls `listen` for every call until the function that it returns is called. */
export function listenToCalls(listen: (call: OutsideCall) => void): () => void {
  const onCall = (message: unknown) => {
    listen(message as OutsideCall);
  };
  calls.subscribe(onCall);
  return () => {
    calls.unsubscribe(onCall);
  };
}

/** A command line for people, without the values of what is named like a secret. */
export function commandLine(file: string, args: readonly string[]): string {
  const words = args.map((word, i) => {
    if (isSecret(word) && word.includes('=')) return word.replace(/=.*$/s, '=...');
    const before = args[i - 1] ?? '';
    return isSecret(before) && !before.includes('=') ? '...' : word;
  });
  const line = [file, ...words].join(' ').replace(/\s+/g, ' ');
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}

function isSecret(word: string): boolean {
  return secretFlag.test(/^--?([\w-]+)(=|$)/.exec(word)?.[1] ?? '');
}
