import { TsmachineError } from '../../../src/base/errors.js';
import { bool, bytes, int, string } from '../../../src/go-rpc/gob/basic.js';
import { array, later, map, optional, slice, struct } from '../../../src/go-rpc/gob/composite.js';
import { Decoder, type Received } from '../../../src/go-rpc/gob/decoder.js';
import { Encoder } from '../../../src/go-rpc/gob/encoder.js';
import { interfaceOf } from '../../../src/go-rpc/gob/interface.js';
import type { Schema } from '../../../src/go-rpc/gob/schema.js';
import { request, response } from '../../../src/go-rpc/rpc/messages.js';
import { changedBytes, nastyWord, type Chance } from '../mutation.js';
import type { Target } from '../target.js';

const node: Schema<unknown> = struct('Node', {
  ...{ Name: string, Number: int, On: bool, Bytes: bytes, Three: array(int, 3) },
  ...{
    Next: optional(later(() => node)),
    List: slice(later(() => node)),
    Map: map(
      string,
      later(() => anything),
    ),
  },
  Any: later(() => anything),
});
const anything: Schema<unknown> = interfaceOf({ string, int, bool, '[]string': slice(string), '*main.Node': node });
const flag = struct('StringFlag', { Name: string, Usage: string, EnvVar: string, Value: string });
const flags = slice(interfaceOf({ '*mcnflag.StringFlag': flag }));

const leaf = {
  Name: 'a',
  Number: -7,
  On: true,
  Bytes: Buffer.from('x'),
  Three: [1, 2, 3],
  Next: undefined,
  List: [],
  Map: new Map(),
  Any: null,
};
const tree = {
  ...leaf,
  Next: { ...leaf, Any: { type: '*main.Node', value: { ...leaf, Any: { type: '[]string', value: ['b', 'c'] } } } },
  List: [leaf, leaf],
  Map: new Map<string, unknown>([
    ['one', { type: 'int', value: 2 ** 40 }],
    ['two', { type: '*main.Node', value: leaf }],
    ['three', null],
  ]),
};

/** Streams as a plugin sends them: a header, a body, and so on. */
function samples(): Buffer[] {
  const encoder = new Encoder();
  const answers = [
    encoder.encodePair(response, { ServiceMethod: 'RPCServerDriver.GetVersion', Seq: 0n, Error: '' }, int, 1),
    encoder.encodePair(response, { ServiceMethod: 'RPCServerDriver.GetCreateFlags', Seq: 1n, Error: '' }, flags, [
      { type: '*mcnflag.StringFlag', value: { Name: 'url', Usage: 'URL of host', EnvVar: 'URL', Value: '' } },
    ]),
    encoder.encodePair(response, { ServiceMethod: 'RPCServerDriver.Stop', Seq: 2n, Error: 'Host is not running' }, struct('', {}), {}),
  ];
  const other = new Encoder();
  return [
    Buffer.concat(answers),
    Buffer.concat([
      other.encodePair(request, { ServiceMethod: 'A.B', Seq: 0n }, node, tree),
      other.encode(anything, { type: '*main.Node', value: tree }),
    ]),
    new Encoder().encode(map(string, anything), new Map([['a', { type: '[]string', value: ['x'] }]])),
  ];
}

/** Numbers that lie about what follows, as gob writes them. */
const lies = [
  '00',
  '01',
  '7f',
  '80',
  'ff80',
  'ffff',
  'fe8000',
  'fdffffff',
  'f87fffffffffffffff',
  'f8ffffffffffffffff',
  'f7',
  'ff03',
  'ff81',
  'ff83',
  '10',
];

/** The stream with what its numbers say changed, or with a piece of another one. The lengths of its messages fit again in most cases. */
function hostile(stream: Buffer, all: readonly Buffer[], chance: Chance): Buffer {
  const messages = messagesOf(stream);
  const at = chance.below(messages.length);
  const changed = messages.map((message, i) => (i === at ? changedMessage(message, all, chance) : message));
  if (chance.once(6)) changed.splice(chance.below(changed.length + 1), 0, chance.pick(messages));
  if (chance.once(6)) changed.splice(chance.below(changed.length), 1);
  return Buffer.concat(
    changed.map((message) => Buffer.concat([chance.once(30) ? Buffer.from(chance.pick(lies), 'hex') : number(message.length), message])),
  );
}

function changedMessage(message: Buffer, all: readonly Buffer[], chance: Chance): Buffer {
  if (chance.once(2)) return nudged(message, chance);
  const at = chance.below(message.length + 1);
  const end = Math.min(message.length, at + chance.below(4));
  const other = chance.pick(all);
  const from = chance.below(other.length);
  const put = [
    () => Buffer.from(chance.pick(lies), 'hex'),
    () => Buffer.from([chance.below(256)]),
    () => other.subarray(from, from + chance.below(60)),
    () => Buffer.from(nastyWord(chance)),
    () => Buffer.from(chance.pick(lies).repeat(chance.once(20) ? 20_000 : 8), 'hex'),
    () => message.subarray(0, at),
  ][chance.below(6)];
  return Buffer.concat([message.subarray(0, at), put?.() ?? Buffer.alloc(0), message.subarray(end)]);
}

/** One byte a little larger or smaller: another field, type, number or letter, where most of the rest still fits. */
function nudged(message: Buffer, chance: Chance): Buffer {
  const changed = Buffer.from(message);
  const at = chance.below(changed.length);
  if (changed.length > 0) changed[at] = (changed[at] ?? 0) + chance.pick([-2, -1, 1, 2]);
  return changed;
}

function messagesOf(stream: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < stream.length;) {
    const first = stream[at] ?? 0;
    const size = first < 128 ? 0 : 256 - first;
    const length = size === 0 ? first : stream.readUIntBE(at + 1, size);
    found.push(stream.subarray(at + 1 + size, at + 1 + size + length));
    at += 1 + size + length;
  }
  return found;
}

function number(value: number): Buffer {
  if (value < 128) return Buffer.from([value]);
  return Buffer.from([0xfd, value >> 16, (value >> 8) & 255, value & 255]);
}

/** What a plugin in Go sends, or a client of ours. */
export const gob: Target = {
  name: 'gob',
  share: 10,
  open() {
    const all = samples();
    const schemas = [request, response, node, anything, flags, int, bytes];
    return {
      make: (chance) => (chance.once(5) ? changedBytes(chance.pick(all), chance) : hostile(chance.pick(all), all, chance)),
      take(input) {
        const stream = Buffer.from(input);
        const decoder = new Decoder();
        const found: Received[] = [];
        const pieces = 1 + ((stream[0] ?? 0) % 64) * 8;
        for (let at = 0; at < stream.length; at += pieces) decoder.push(stream.subarray(at, at + pieces), (one) => found.push(one));
        decoder.end();
        for (const one of found) for (const schema of schemas) readable(one, schema);
      },
    };
  },
};

/** Reads a value that may be of another type. */
function readable(one: Received, schema: Schema<unknown>): void {
  try {
    one.as(schema);
  } catch (error) {
    if (!TsmachineError.is(error)) throw error;
  }
}
