import { PassThrough, Writable } from 'node:stream';

import type { Screen } from '../../../../src/cli/terminal/screen.js';

export interface FakeScreen extends Screen {
  readonly out: () => string;
  readonly err: () => string;
}

/** `live` makes it a terminal of 80 by 24 as far as progress is concerned, `terminal` one as far as stdout and stderr say. */
interface FakeScreenOptions {
  live?: boolean;
  terminal?: boolean;
  input?: string | undefined;
  columns?: number;
  rows?: number;
}

/** Streams in memory. */
export function fakeScreen(options: FakeScreenOptions = {}): FakeScreen {
  const texts = { out: '', err: '' };
  const sink = (name: keyof typeof texts) =>
    Object.assign(
      new Writable({
        write(chunk: Buffer, _encoding, done) {
          texts[name] += String(chunk);
          done();
        },
      }),
      { isTTY: options.terminal === true },
    );
  const stdin = new PassThrough();
  if (options.input !== undefined) stdin.end(options.input);
  return {
    stdout: sink('out'),
    stderr: sink('err'),
    stdin: stdin as unknown as NodeJS.ReadStream,
    live: options.live ?? false,
    columns: () => options.columns ?? 80,
    rows: () => options.rows ?? 24,
    out: () => texts.out,
    err: () => texts.err,
  };
}
