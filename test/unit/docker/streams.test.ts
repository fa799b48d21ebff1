import { Readable } from 'node:stream';
import { expect } from 'chai';

import { frames } from '../../../src/docker/frames.js';
import { jsonLines } from '../../../src/docker/lines.js';

/** The bytes in pieces of `size`. */
const pieces = (bytes: Buffer, size: number) =>
  Readable.from(Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size)));

function frame(stream: number, text: string): Buffer {
  const data = Buffer.from(text);
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(data.length, 4);
  return Buffer.concat([header, data]);
}

describe('frames of attached output', () => {
  const bytes = Buffer.concat([frame(1, 'out '), frame(2, 'wäring'), frame(1, ''), frame(1, 'x'.repeat(300))]);

  for (const size of [1, 3, 8, 11, 1000]) {
    it(`are found in pieces of ${size} bytes`, async () => {
      const found = [];
      for await (const { stream, data } of frames(pieces(bytes, size))) found.push([stream, data.toString()]);
      expect(found).to.deep.equal([
        ['stdout', 'out '],
        ['stderr', 'wäring'],
        ['stdout', ''],
        ['stdout', 'x'.repeat(300)],
      ]);
    });
  }

  it('are missed when the end is', async () => {
    const read = async () => {
      for await (const { data } of frames(pieces(bytes.subarray(0, -1), 50))) expect(data.length).to.be.below(300);
    };
    expect(await read().catch((error: unknown) => error)).to.be.instanceOf(RangeError);
  });
});

describe('lines of JSON', () => {
  const bytes = Buffer.from('{"status":"Größe"}\r\n\n{"a":1}\n42\n{"last":true}');

  for (const size of [1, 7, 1000]) {
    it(`are found in pieces of ${size} bytes`, async () => {
      const found = [];
      for await (const line of jsonLines(pieces(bytes, size))) found.push(line);
      expect(found).to.deep.equal([{ status: 'Größe' }, { a: 1 }, { last: true }]);
    });
  }

  it('are refused when they are none', async () => {
    const read = async () => {
      for await (const line of jsonLines(Readable.from([Buffer.from('{"a":1}\n<html>\n')]))) expect(line).to.deep.equal({ a: 1 });
    };
    expect(await read().catch((error: unknown) => error)).to.be.instanceOf(SyntaxError);
  });
});
