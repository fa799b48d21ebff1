import type { Marshaler, Place, Schema } from './schema.js';
import { Complex, kindOf, type GobValue } from './values.js';

/** The ids of the types that every stream knows. */
export const basicIds = { bool: 1, int: 2, uint: 3, float: 4, bytes: 5, string: 6, complex: 7, interface: 8 } as const;

export const bool: Schema<boolean> = {
  ...{ type: { kind: 'basic', id: basicIds.bool }, omits: (value) => !value },
  write: (value, { out }) => {
    out.uint(value ? 1 : 0);
  },
  read: (value = false, place) => (typeof value === 'boolean' ? value : refuse(value, 'a boolean', place)),
};

/** An integer of any size in Go that JavaScript can hold as a number. */
export const int: Schema<number> = {
  ...{ type: { kind: 'basic', id: basicIds.int }, omits: (value) => value === 0 },
  write: (value, { out }) => {
    out.int(value);
  },
  read: readSafe,
};
export const int64: Schema<bigint> = {
  ...{ type: { kind: 'basic', id: basicIds.int }, omits: (value) => value === 0n },
  write: (value, { out }) => {
    out.int(value);
  },
  read: readAny,
};
export const uint: Schema<number> = {
  ...{ type: { kind: 'basic', id: basicIds.uint }, omits: (value) => value === 0 },
  write: (value, { out }) => {
    out.uint(value);
  },
  read: readSafe,
};
export const uint64: Schema<bigint> = {
  ...{ type: { kind: 'basic', id: basicIds.uint }, omits: (value) => value === 0n },
  write: (value, { out }) => {
    out.uint(value);
  },
  read: readAny,
};

export const float: Schema<number> = {
  ...{ type: { kind: 'basic', id: basicIds.float }, omits: (value) => Object.is(value, 0) },
  write: (value, { out }) => {
    out.float(value);
  },
  read: (value = 0, place) => (typeof value === 'number' ? value : refuse(value, 'a number', place)),
};

export const complex: Schema<Complex> = {
  ...{ type: { kind: 'basic', id: basicIds.complex }, omits: ({ real, imaginary }) => Object.is(real, 0) && Object.is(imaginary, 0) },
  write: ({ real, imaginary }, { out }) => {
    out.float(real);
    out.float(imaginary);
  },
  read: (value = new Complex(0, 0), place) => (value instanceof Complex ? value : refuse(value, 'a complex number', place)),
};

export const string: Schema<string> = {
  ...{ type: { kind: 'basic', id: basicIds.string }, omits: (value) => value === '' },
  write: (value, { out }) => {
    out.counted(Buffer.from(value));
  },
  read: (value = '', place) => (typeof value === 'string' ? value : refuse(value, 'a string', place)),
};

export const bytes: Schema<Uint8Array> = {
  ...{ type: { kind: 'basic', id: basicIds.bytes }, omits: ({ length }) => length === 0 },
  write: (value, { out }) => {
    out.counted(value);
  },
  read: readBytes,
};

/** A type that makes its bytes itself, such as time.Time. @param name the name of the type, without its package */
export function opaque(name: string, by: Marshaler = 'gob'): Schema<Uint8Array> {
  return { ...bytes, type: { kind: 'opaque', name, by } };
}

export function refuse(value: GobValue, wanted: string, place: Place): never {
  throw place.fail(`should be ${wanted} and is ${kindOf(value)}`);
}

function readSafe(value: GobValue | undefined, place: Place): number {
  if (value === undefined) return 0;
  return Number.isSafeInteger(value) ? Number(value) : refuse(value, 'an integer below 2^53', place);
}

function readAny(value: GobValue | undefined, place: Place): bigint {
  if (value === undefined) return 0n;
  return typeof value === 'bigint' || Number.isSafeInteger(value) ? BigInt(value as number | bigint) : refuse(value, 'an integer', place);
}

function readBytes(value: GobValue = new Uint8Array(), place: Place): Uint8Array {
  return value instanceof Uint8Array ? value : refuse(value, 'bytes', place);
}
