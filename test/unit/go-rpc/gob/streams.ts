import { Decoder, type Received } from '../../../../src/go-rpc/gob/decoder.js';
import type { GobLimits } from '../../../../src/go-rpc/gob/limits.js';

/** The bytes of hexadecimal digits with blanks, and of texts in double quotes. */
export function hex(notation: string): Buffer {
  const parts = notation.match(/"[^"]*"|[0-9a-f]+/g) ?? [];
  return Buffer.concat(parts.map((part) => (part.startsWith('"') ? Buffer.from(part.slice(1, -1)) : Buffer.from(part, 'hex'))));
}

/** Everything in a whole stream. */
export function received(stream: Uint8Array, limits: Partial<GobLimits> = {}, pieces = stream.length): Received[] {
  const decoder = new Decoder(limits);
  const found: Received[] = [];
  for (let at = 0; at < stream.length; at += pieces) decoder.push(stream.subarray(at, at + pieces), (one) => found.push(one));
  decoder.end();
  return found;
}

/** Bytes after their count. */
export function counted(bytes: Uint8Array): Buffer {
  const wide = bytes.length < 256 ? [0xff, bytes.length] : [0xfe, bytes.length >> 8, bytes.length & 255];
  const size = bytes.length < 128 ? [bytes.length] : wide;
  return Buffer.concat([Buffer.from(size), bytes]);
}
