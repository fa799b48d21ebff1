import { string, uint64 } from '../gob/basic.js';
import { struct } from '../gob/composite.js';
import type { Schema } from '../gob/schema.js';

/** What comes before the argument of a call: `Request` of Go's net/rpc. */
export const request = struct('Request', { ServiceMethod: string, Seq: uint64 });

/** What comes before the result of a call, or before an empty struct when `Error` is not empty: `Response` of Go's net/rpc. */
export const response = struct('Response', { ServiceMethod: string, Seq: uint64, Error: string });

/** `struct{}`: the argument of a method that needs none, and the result of one that has none. */
export const nothing: Schema<Readonly<Record<never, never>>> = struct('', {});

/** What a method takes and gives. */
export interface Shape<A, R> {
  readonly argument: Schema<A>;
  readonly result: Schema<R>;
}
