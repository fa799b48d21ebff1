import { expect } from 'chai';

import { Decoder, type Received } from '../../../src/go-rpc/gob/decoder.js';
import { Encoder } from '../../../src/go-rpc/gob/encoder.js';
import { string } from '../../../src/go-rpc/gob/basic.js';
import { struct } from '../../../src/go-rpc/gob/composite.js';
import type { Of } from '../../../src/go-rpc/gob/schema.js';
import { Complex } from '../../../src/go-rpc/gob/values.js';
import { goProgram, output } from './program.js';
import { all, inner, schemas } from './schemas.js';

describe("gob: Go's own encoder and decoder", () => {
  let program: string;
  let stream: Buffer;

  before(async function () {
    program = await goProgram(this);
    stream = await output(program, ['encode']);
  });

  it('reads what Go writes', () => {
    const found = read(stream);
    expect(found).to.have.length(schemas.length);
    const first = found[0]?.as(all);
    expect(first).to.deep.include({
      ...{ Bool: true, Small: -128, Min: -(2n ** 63n), Max: 2n ** 63n - 1n, Byte: 255, Greatest: 2n ** 64n - 1n, Single: 1.5 },
      ...{ Double: -1e300, NaN: [Infinity, 0, 5e-324, 17], Complex: new Complex(1.5, -2), Text: 'größe €😀\0' },
      ...{ Bytes: Buffer.from([0, 255, 128]), Ints: [0, -1, 63, 64, -64, -65, 2 ** 40, -(2 ** 40)], Array: ['a', '', 'c'] },
      ...{ Struct: { A: 1, B: '' }, Embedded: { Inner: { A: 2, B: 'two' }, C: true }, Pointer: { A: 3, B: 'three' }, Twice: 7 },
      ...{ Nil: undefined, Any: { type: '*main.Inner', value: { A: 4, B: 'four' } }, NilAny: null, Empty: {}, Last: 'last' },
    });
    expect(first?.Map).to.deep.equal(new Map([['one', 1], ['', -1]])); // prettier-ignore
    expect(first?.Deep.get('x')).to.deep.equal([new Map([[1, true]]), new Map(), new Map([[-7, false]])]);
    expect(first?.List.slice(0, 5)).to.deep.equal([
      { type: 'int', value: 1 },
      { type: 'string', value: 'two' },
      { type: 'bool', value: true },
      null,
      { type: '[]string', value: ['a', 'b'] },
    ]);
    expect(first?.Address).to.deep.equal(Buffer.from([192, 0, 2, 7]));
    expect(found.slice(1, 3).map(({ value }) => value)).to.deep.equal([-5, 'text']);
  });

  it('reads it in pieces of one byte', () => {
    expect(read(stream, 1)).to.deep.equal(read(stream));
  });

  it('writes what Go reads: everything that came from Go comes to it as it was', async () => {
    const encoder = new Encoder();
    const sent = read(stream).map((one, i) => {
      const schema = schemas[i];
      if (!schema) throw new Error(`no schema for value ${i}`);
      return encoder.encode(schema, one.as(schema));
    });
    const lines = (await output(program, ['decode'], Buffer.concat(sent))).toString().trimEnd().split('\n');
    expect(lines.filter((line) => !line.endsWith(': true'))).to.deep.equal([]);
    expect(lines).to.have.length(schemas.length);
  });

  it('takes text that is no UTF-8, and skips fields and types that it does not know', async () => {
    const [bad, unknown] = read(await output(program, ['broken']));
    expect(bad?.as(struct('', { Text: string }))).to.deep.equal({ Text: 'a\ufffd\ufffdb' });
    const known: Of<typeof schema> | undefined = unknown?.as(schema);
    expect(known).to.deep.equal({ Known: 'known', Missing: { A: 0, B: '' } });
  });

  const schema = struct('', { Known: string, Missing: inner });
});

function read(stream: Buffer, pieces = stream.length): Received[] {
  const decoder = new Decoder();
  const found: Received[] = [];
  for (let at = 0; at < stream.length; at += pieces) decoder.push(stream.subarray(at, at + pieces), (one) => found.push(one));
  decoder.end();
  return found;
}
