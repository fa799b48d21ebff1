import type { FileHandle } from 'node:fs/promises';

import type { FileConnection } from '../ssh/types.js';
import type { CommandEnd } from './remote-write.js';

/** Bytes beyond the size of a file after which it is given up that a program writes it by itself. */
const excessLimit = 64 * 2 ** 20;
/** Milliseconds between two looks at how much it has written. */
const watchInterval = 200;

/**
 * Lets a program write what a command on the host prints into an open file, which then has whatever the host sent.
 * @param size bytes that are expected
 * @returns how the command ended; undefined when the host sent far too much and was stopped
 */
export async function passInto(
  pass: NonNullable<FileConnection['pass']>,
  command: string,
  file: FileHandle,
  size: number,
): Promise<CommandEnd | undefined> {
  const tooMuch = new AbortController();
  const watch = setInterval(() => {
    file.stat().then(
      ({ size: written }) => {
        if (written > size + excessLimit) tooMuch.abort();
      },
      () => undefined, // whoever reads the file meets the same error
    );
  }, watchInterval);
  try {
    return await pass(command, { stdout: file.fd, signal: tooMuch.signal });
  } catch (error) {
    if (error === tooMuch.signal.reason) return undefined;
    throw error;
  } finally {
    clearInterval(watch);
  }
}

/** Writes into an open file from its first byte on, wherever the programs that had it before have left its position. */
export async function writeFromStart(file: FileHandle, content: AsyncIterable<Buffer>): Promise<void> {
  let position = 0;
  for await (const data of content) {
    let done = 0;
    while (done < data.length) done += (await file.write(data, done, data.length - done, position + done)).bytesWritten;
    position += data.length;
  }
}
