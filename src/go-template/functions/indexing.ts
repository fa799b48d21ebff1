import { FunctionError } from './function.js';
import { indirect, inside, int, isNilPointer, string, type Maybe, type StringValue, type Value } from '../values.js';

/** Go's index: x[a][b]. A missing key of a map gives the zero value. */
export function index(item: Maybe, indices: readonly Maybe[]): Maybe {
  let at: Maybe = inside(item);
  if (at === undefined) throw new FunctionError('index of untyped nil');
  for (const given of indices) {
    at = indirect(at);
    if (at === undefined || isNilPointer(at)) throw new FunctionError('index of nil pointer');
    at = element(at, inside(given));
  }
  return at;
}

function element(of: Value, key: Maybe): Value {
  switch (of.kind) {
    case 'slice':
      return of.items[position(key, of.items.length)] ?? outOfRange('slice');
    case 'string': {
      const byte = Buffer.from(of.value)[position(key, Buffer.byteLength(of.value))];
      return byte === undefined ? outOfRange('string') : { kind: 'uint', type: 'uint8', value: BigInt(byte) };
    }
    case 'map':
      if (key === undefined) throw new FunctionError('value is nil; should be of type string');
      if (key.kind !== 'string') throw new FunctionError(`value has type ${key.type}; should be string`);
      return of.entries.get(key.value) ?? of.zero;
    default:
      throw new FunctionError(`can't index item of type ${of.type}`);
  }
}

/** An index one past the end passes the bounds check and fails only on access, as in Go. */
function outOfRange(what: string): never {
  throw new FunctionError(`reflect: ${what} index out of range`);
}

function position(given: Maybe, length: number): number {
  if (given === undefined) throw new FunctionError('cannot index slice/array with nil');
  if (given.kind !== 'int' && given.kind !== 'uint') throw new FunctionError(`cannot index slice/array with type ${given.type}`);
  if (given.value < 0n || given.value > BigInt(length)) throw new FunctionError(`index out of range: ${given.value}`);
  return Number(given.value);
}

/** Go's slice: x[a:b] of a list, or of a string's bytes. */
export function slice(item: Maybe, indices: readonly Maybe[]): Maybe {
  if (inside(item) === undefined) throw new FunctionError('slice of untyped nil');
  const of = indirect(item);
  if (of === undefined || isNilPointer(of)) throw new FunctionError('slice of nil pointer');
  if (indices.length > 3) throw new FunctionError(`too many slice indexes: ${indices.length}`);
  if (of.kind !== 'slice' && of.kind !== 'string') throw new FunctionError(`can't slice item of type ${of.type}`);
  if (of.kind === 'string' && indices.length === 3) throw new FunctionError('cannot 3-index slice a string');
  const size = of.kind === 'string' ? Buffer.byteLength(of.value) : of.items.length;
  const [from = 0, to = size, capacity = size] = indices.map((given) => position(given, size));
  if (from > to) throw new FunctionError(`invalid slice index: ${from} > ${to}`);
  if (to > capacity) throw new FunctionError(`invalid slice index: ${to} > ${capacity}`);
  return of.kind === 'slice' ? { ...of, items: of.items.slice(from, to) } : bytes(of, from, to);
}

function bytes(text: StringValue, from: number, to: number): StringValue {
  return string(Buffer.from(text.value).subarray(from, to).toString());
}

/** Go's len: bytes of a string, items of a list, keys of a map. */
export function length(item: Maybe): Value {
  const of = indirect(item);
  if (isNilPointer(of)) throw new FunctionError('len of nil pointer');
  switch (of?.kind) {
    case undefined:
      throw new FunctionError('reflect: call of reflect.Value.Type on zero Value');
    case 'string':
      return int(Buffer.byteLength(of.value));
    case 'slice':
      return int(of.items.length);
    case 'map':
      return int(of.entries.size);
    case 'bool':
    case 'int':
    case 'uint':
    case 'float':
    case 'struct':
    case 'pointer':
    case 'interface':
      throw new FunctionError(`len of type ${of.type}`);
  }
}
