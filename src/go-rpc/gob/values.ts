/**
 * What a stream says, without a schema. Integers beyond 2^53 are bigint. Text that is no valid UTF-8 has U+FFFD in place of the bad bytes.
 * Byte slices and the opaque values of types that encode themselves (GobEncoder, BinaryMarshaler, TextMarshaler) are bytes.
 * null is a nil interface.
 */
export type GobValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Complex
  | Concrete
  | readonly GobValue[]
  | ReadonlyMap<GobValue, GobValue>
  | GobStruct;

/** A struct: the fields that were sent, in an object without prototype. Go leaves out those that are zero. */
export interface GobStruct {
  readonly [field: string]: GobValue;
}

export class Complex {
  constructor(
    readonly real: number,
    readonly imaginary: number,
  ) {}
}

/** What was in an interface: the name under which Go registered the type, and the value. */
export class Concrete {
  constructor(
    readonly type: string,
    readonly value: GobValue,
  ) {}
}

export function isStruct(value: GobValue | undefined): value is GobStruct {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === null;
}

export function isList(value: GobValue): value is readonly GobValue[] {
  return Array.isArray(value);
}

export function isMap(value: GobValue): value is ReadonlyMap<GobValue, GobValue> {
  return value instanceof Map;
}

/** What a value is, for a message. */
export function kindOf(value: GobValue): string {
  if (value === null) return 'nil';
  if (typeof value !== 'object') return typeof value === 'bigint' ? 'an integer beyond 2^53' : `a ${typeof value}`;
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Map) return 'a map';
  if (value instanceof Complex) return 'a complex number';
  return value instanceof Concrete ? 'an interface value' : 'a struct';
}
