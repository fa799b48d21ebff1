import { bool, bytes, complex, float, int, int64, opaque, string, uint, uint64 } from '../../../src/go-rpc/gob/basic.js';
import { array, later, map, optional, slice, struct } from '../../../src/go-rpc/gob/composite.js';
import { interfaceOf } from '../../../src/go-rpc/gob/interface.js';
import type { Schema } from '../../../src/go-rpc/gob/schema.js';
import { nothing } from '../../../src/go-rpc/rpc/messages.js';

/** The types of test/stand-ins/go-rpc/values.go, in its order. */
export const inner = struct('Inner', { A: int, B: string });
const outer = struct('Outer', { Inner: inner, C: bool });

const anything: Schema<unknown> = interfaceOf({
  ...{ int, string, bool, float64: float, '[]string': slice(string), '*main.Inner': inner, '*main.Outer': outer },
  '*main.Node': later(() => node),
  '[]interface {}': later(() => slice(anything)),
  'map[string]interface {}': later(() => map(string, anything)),
});

export const node: Schema<unknown> = struct('Node', {
  Name: string,
  Next: optional(later(() => node)),
  Children: slice(later(() => node)),
  Any: anything,
});

export const all = struct('All', {
  ...{ Bool: bool, Small: int, Min: int64, Max: int64, Byte: uint, Greatest: uint64, Single: float, Double: float, NaN: slice(float) },
  ...{ Complex: complex, Text: string, Bytes: bytes, Ints: slice(int), Array: array(string, 3), Map: map(string, int) },
  Deep: map(string, slice(map(int, bool))),
  ...{ Struct: inner, Embedded: outer, Pointer: optional(inner), Twice: optional(int), Nil: optional(inner) },
  ...{ Any: anything, NilAny: anything, List: slice(anything), Named: map(string, anything) },
  ...{ Time: opaque('Time'), Address: opaque('Addr', 'binary'), Empty: nothing, Last: string },
});

/** The schema of each value that the program sends. */
export const schemas: readonly Schema<unknown>[] = [
  ...([all, int, string, bytes, slice(int), map(string, bool), node, anything, nothing, float, bool, uint, all, complex] as const),
  ...[opaque('Time'), array(inner, 2), all],
] as readonly Schema<unknown>[];
