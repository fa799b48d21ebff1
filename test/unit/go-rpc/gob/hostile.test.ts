import { expect } from 'chai';

import { bool, bytes, float, int, int64, string, uint, uint64 } from '../../../../src/go-rpc/gob/basic.js';
import { array, map, optional, slice, struct } from '../../../../src/go-rpc/gob/composite.js';
import { Decoder } from '../../../../src/go-rpc/gob/decoder.js';
import { Encoder } from '../../../../src/go-rpc/gob/encoder.js';
import { GobError } from '../../../../src/go-rpc/gob/error.js';
import { interfaceOf } from '../../../../src/go-rpc/gob/interface.js';
import type { GobLimits } from '../../../../src/go-rpc/gob/limits.js';
import type { Schema } from '../../../../src/go-rpc/gob/schema.js';
import { counted, hex, received } from './streams.js';

const refusal = (stream: Uint8Array, limits: Partial<GobLimits> = {}): string => {
  try {
    received(stream, limits);
  } catch (error) {
    if (error instanceof GobError) return error.message;
    throw error;
  }
  return 'taken';
};

/** A slice of bools, ids 64 and up. */
const sliceOfBools = hex('0b 7f 02 01 02 ff80 00 01 02 00 00');
/** A slice of empty structs, 65, and a slice of itself. */
const sliceOfStructs = hex('09 7f 03 01 02 ff80 00 00 00 0d ff81 02 01 02 ff82 00 01 ff80 00 00');
const sliceOfItself = hex('0c 7f 02 01 02 ff80 00 01 ff80 00 00');

describe('gob: hostile streams', () => {
  const cases: readonly (readonly [what: string, stream: string, refused: RegExp])[] = [
    ['an empty message', '00', /byte 1: an empty message/],
    ['a length of nine bytes', 'f7 010101010101010101', /byte 1: a number of 9 bytes/],
    ['a length beyond every limit', 'f8 ffffffffffffffff', /byte 9: a message of 18446744073709551615 bytes; a value may have 8388608/],
    ['a length that is not there yet', 'fd 0fffff', /byte 4: the stream ends within a value/],
    ['an id that is no id', '09 f8 ffffffffffffffff', /is no id of a type/],
    ['a type that nobody defined', '03 ff82 00', /byte 3: the type 65 is not defined/],
    ['a reserved type', '03 1e 00 00', /the type 15 is not defined/],
    ['a definition of a predefined type', '03 03 00 00', /the type 2 is defined already/],
    ['a type defined twice', '0b 7f 02 01 02 ff80 00 01 02 00 00 0b 7f 02 01 02 ff80 00 01 02 00 00', /the type 64 is defined already/],
    ['a definition of nothing', '02 7f 00', /the definition of type 64 defines nothing/],
    ['a definition and more in one message', '0c 7f 02 01 02 ff80 00 01 02 00 00 00', /more follows a definition/],
    ['a field beyond the definition', '05 7f 09 00 00 00', /field 8 of a struct that has 7/],
    ['a field that is ever so far', '0a 7f f8 ffffffffffffffff 00', /of a struct that has 7/],
    ['no zero before a value', '03 04 02 02', /byte 3: no zero before a value that is no struct/],
    ['more after a value', '05 04 00 02 00 00', /2 bytes follow the value in its message/],
    ['a text longer than its message', '04 0c 00 fe 7fff', /a number|32767 bytes should follow|the message has/],
    ['a text cut off', '04 0c 00 05 61', /5 bytes should follow, and the message has 1 more bytes/],
    ['a number cut off', '03 04 00 fe', /2 bytes should follow, and the message has 0 more/],
    ['a name of an interface that is not there', '05 10 00 fd 7fffff', /should follow, and the message has/],
    ['a stream that ends where an interface goes on', '0d 10 00 01 "T" ff81 02 01 02 ff82 00 01', /./],
  ];
  for (const [what, stream, refused] of cases) it(`refuse ${what}`, () => expect(refusal(hex(stream))).to.match(refused));

  it('refuse a count that is larger than what is left, before anything is made', () => {
    const value = counted(hex('ff80 00 fd 00ffff 01'));
    expect(refusal(Buffer.concat([sliceOfBools, value]))).to.match(/65535 elements should follow, and the message has 1 more bytes/);
    const structs = Buffer.concat([sliceOfStructs, counted(hex('ff82 00 f8 7fffffffffffffff'))]);
    expect(refusal(structs)).to.match(/9223372036854775807 elements at byte \d+ are too many/);
    expect(refusal(Buffer.concat([sliceOfStructs, counted(hex('ff82 00 fe ffff 00'))]))).to.match(/1 bytes should follow/);
  });

  it('refuse values within values beyond the limit', () => {
    const deep = (depth: number) =>
      Buffer.concat([sliceOfItself, counted(Buffer.concat([hex('ff80 00'), Buffer.alloc(depth, 1), hex('00')]))]);
    expect(refusal(deep(100))).to.equal('taken');
    expect(refusal(deep(101))).to.match(/values within values, more than 100 deep/);
    expect(refusal(deep(100_000), { bytes: 2 ** 20 })).to.match(/./);
  });

  it('refuse more values, types and parts of definitions than the limits', () => {
    const encoder = new Encoder();
    const many = encoder.encode(
      slice(bool),
      Array.from({ length: 1000 }, () => true),
    );
    expect(refusal(many, { values: 1001 })).to.equal('taken');
    expect(refusal(many, { values: 999 })).to.match(/1000 elements at byte \d+ are too many/);
    expect(refusal(Buffer.concat([sliceOfStructs, counted(hex('ff82 00 00'))]), { types: 2 })).to.equal('taken');
    expect(refusal(sliceOfStructs, { types: 1 })).to.match(/byte \d+: more than 1 types/);
    const names = Array.from({ length: 100 }, (_, i) => `F${i}`);
    const of = (all: readonly string[]) => new Encoder().encode(struct('S', fields(all, int)), fields(all, 0));
    expect(refusal(of(names), { definitions: 305 })).to.equal('taken');
    expect(refusal(of(names), { definitions: 200 })).to.match(/too many/);
    expect(refusal(of([`F${'x'.repeat(2000)}`]))).to.match(/name of 2001 characters: "Fx{59}\.\.\."/);
  });

  it('refuse a value whose messages are together beyond the limit, and not a stream of many values', () => {
    const one = new Encoder().encode(string, 'x'.repeat(600));
    expect(refusal(Buffer.concat(Array.from({ length: 100 }, () => one)), { bytes: 620 })).to.equal('taken');
    expect(refusal(one, { bytes: 600 })).to.match(/a value may have 600/);
    const pieces = new Encoder().encode(interfaceOf({ T: struct('T', { A: string }) }), { type: 'T', value: { A: 'x'.repeat(30) } });
    expect(refusal(pieces, { bytes: pieces.length })).to.equal('taken');
    expect(refusal(pieces, { bytes: pieces.length - 10 })).to.match(/byte \d+: a message of 3\d bytes; a value may have/);
  });

  it('fail for good: what follows a bad message is never read', () => {
    const decoder = new Decoder();
    const take = () => {
      throw new Error('taken');
    };
    expect(() => decoder.push(hex('00'), take)).to.throw(GobError);
    expect(() => decoder.push(hex('03040002'), take)).to.throw(GobError, 'an empty message');
  });

  it('make no prototype of a field, and no method of a name', () => {
    const names = ['constructor', 'Proto____'];
    const sent = new Encoder().encode(struct('S', fields(names, string)), fields(names, 'x'));
    const [one] = received(Buffer.from(sent.toString('latin1').replace('Proto____', '__proto__'), 'latin1'));
    expect(Object.getPrototypeOf(one?.value)).to.equal(null);
    expect(Object.keys(one?.value as object)).to.deep.equal(['constructor', '__proto__']);
    expect(one?.as(struct('S', { toString: string, constructor: string }))).to.deep.equal({ toString: '', constructor: 'x' });
  });

  it('hold no more memory than is stated', function () {
    this.timeout(60_000);
    // the dearest value: as many structs as may be, each of them empty
    const count = 99_998;
    const structs = new Encoder().encode(
      slice(struct('', { A: optional(int) })),
      Array.from({ length: count }, () => ({ A: undefined })),
    );
    const before = process.memoryUsage();
    const found = received(structs);
    const { heapUsed, external } = process.memoryUsage();
    expect(found).to.have.length(1);
    expect((heapUsed + external - before.heapUsed - before.external) / 2 ** 20).to.be.below(64);
  });
});

function fields<T>(names: readonly string[], value: T): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, value]));
}

describe('gob: values of another type', () => {
  const read = <T>(from: Schema<T>, value: T, to: Schema<unknown>) => {
    try {
      received(new Encoder().encode(from, value))[0]?.as(to);
    } catch (error) {
      if (error instanceof GobError) return error.message;
      throw error;
    }
    return 'taken';
  };

  it('are refused with their place', () => {
    const deep = struct('A', { List: slice(struct('B', { Map: map(string, int) })) });
    const other = struct('A', { List: slice(struct('B', { Map: map(string, string) })) });
    expect(read(other, { List: [{ Map: new Map() }, { Map: new Map([['k', 'v']]) }] }, deep)).to.equal(
      'gob stream, byte 0: the value.List[1].Map[...] should be an integer below 2^53 and is a string',
    );
    const cases: [from: Schema<never>, value: unknown, to: Schema<unknown>, refused: RegExp][] = [
      [int64 as Schema<never>, 2n ** 60n, int, /an integer below 2\^53 and is an integer beyond 2\^53/],
      [float as Schema<never>, 1.5, int, /an integer below 2\^53 and is a number/],
      [float as Schema<never>, 1.5, uint64, /an integer and is a number/],
      [string as Schema<never>, 'x', bool, /a boolean and is a string/],
      [uint as Schema<never>, 1, string, /a string and is a number/],
      [string as Schema<never>, 'x', bytes, /bytes and is a string/],
      [bytes as Schema<never>, Buffer.from('x'), slice(int), /a list and is bytes/],
      [slice(int) as Schema<never>, [1], map(int, int), /a map and is a list/],
      [slice(int) as Schema<never>, [1], array(int, 2), /should have 2 elements and has 1/],
      [string as Schema<never>, 'x', interfaceOf({ string }), /an interface value and is a string/],
    ];
    for (const [from, value, to, refused] of cases) expect(read(from, value as never, to)).to.match(refused);
  });

  it('that only the other side knows are kept as they are', () => {
    const theirs = interfaceOf({ '*main.T': struct('T', { A: int, B: slice(string) }) });
    const stream = new Encoder().encode(theirs, { type: '*main.T', value: { A: 1, B: ['x'] } });
    expect(received(stream)[0]?.as(interfaceOf({ string }))).to.deep.equal({
      type: undefined,
      name: '*main.T',
      value: Object.assign(Object.create(null) as object, { A: 1, B: ['x'] }),
    });
  });
});

describe('gob: values that a type cannot hold', () => {
  it('are not written', () => {
    const encoder = new Encoder();
    const refuse = <T>(schema: Schema<T>, value: T) => expect(() => encoder.encode(schema, value)).to.throw(RangeError);
    refuse(int, 2 ** 53);
    refuse(int, NaN);
    refuse(int64, 2n ** 63n);
    refuse(int64, -(2n ** 63n) - 1n);
    refuse(uint, -1);
    refuse(uint64, 2n ** 64n);
    refuse(array(int, 2), [1]);
    refuse(slice(optional(int)), [undefined]);
    refuse(interfaceOf({ string }), { type: undefined, name: 'x', value: 1 });
  });

  it('leave the stream as it was: their types are defined again with the next value', () => {
    const encoder = new Encoder();
    const schema = struct('S', { A: int });
    expect(() => encoder.encode(schema, { A: 0.5 })).to.throw(RangeError);
    expect(received(encoder.encode(schema, { A: 5 }))[0]?.as(schema)).to.deep.equal({ A: 5 });
  });
});
