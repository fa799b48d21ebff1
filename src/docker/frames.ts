import { engineError, type Asked } from './call/answer.js';
import { explain } from './call/failure.js';

export interface Frame {
  readonly stream: 'stdout' | 'stderr';
  readonly data: Buffer;
}

const headerSize = 8;

/**
 * Splits the output of an attached container, or of its log, when it has no terminal: each piece has a header of eight bytes,
 * whose first byte is the stream (2 is stderr) and whose last four are the length. https://docs.docker.com/reference/api/engine
 * (ContainerAttach)
 * @param longest bytes of one frame
 * @throws RangeError when the source ends within a frame, or a frame is too long.
 */
export async function* frames(source: AsyncIterable<Uint8Array>, longest = 16 * 2 ** 20): AsyncGenerator<Frame, void, undefined> {
  let pending: Buffer = Buffer.alloc(0);
  for await (const part of source) {
    pending = pending.length === 0 ? Buffer.from(part) : Buffer.concat([pending, part]);
    for (;;) {
      const frame = frameAt(pending, longest);
      if (frame === undefined) break;
      pending = pending.subarray(headerSize + frame.data.length);
      yield frame;
    }
  }
  if (pending.length > 0) throw new RangeError('the output ends in the middle of a frame');
}

/**
 * The frames of an engine's answer.
 * @throws TsmachineError ENGINE_API, ENGINE_UNREACHABLE, ENGINE_TLS; the signal's reason when aborted
 */
export async function* framesOf(answer: AsyncIterable<Uint8Array>, asked: Asked, longest: number): AsyncGenerator<Frame, void, undefined> {
  try {
    yield* frames(answer, longest);
  } catch (error) {
    asked.signal?.throwIfAborted();
    throw error instanceof RangeError ? engineError(asked, error.message, error) : explain(error, { ...asked, phase: 'answered' });
  }
}

function frameAt(bytes: Buffer, longest: number): Frame | undefined {
  if (bytes.length < headerSize) return undefined;
  const end = headerSize + bytes.readUInt32BE(4);
  if (end > headerSize + longest) throw new RangeError(`a frame of the output is longer than ${longest} bytes`);
  if (bytes.length < end) return undefined;
  return { stream: bytes[0] === 2 ? 'stderr' : 'stdout', data: bytes.subarray(headerSize, end) };
}
