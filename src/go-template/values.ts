import { byBytes } from './syntax/characters.js';

/**
 * Go's values as templates see them. `undefined` means that there is no value at all (a missing key); an interface that contains null is
 * Go's nil, which is different.
 */
export type Value = BoolValue | IntValue | FloatValue | StringValue | SliceValue | MapValue | StructValue | PointerValue | InterfaceValue;
export type Maybe = Value | undefined;

/** `type` is the name that Go prints. */
export interface BoolValue {
  readonly kind: 'bool';
  readonly type: 'bool';
  readonly value: boolean;
}
export interface FloatValue {
  readonly kind: 'float';
  readonly type: 'float64';
  readonly value: number;
}
export interface StringValue {
  readonly kind: 'string';
  readonly type: 'string';
  readonly value: string;
}

export interface IntValue {
  readonly kind: 'int' | 'uint';
  readonly type: string;
  readonly value: bigint;
  /** The result of the type's String method. */
  readonly text?: string;
  /** The type's other methods that take no argument. */
  readonly methods?: Readonly<Record<string, () => Value>>;
}

export interface SliceValue {
  readonly kind: 'slice';
  readonly type: string;
  readonly items: readonly Value[];
  readonly isNil: boolean;
}

export interface MapValue {
  readonly kind: 'map';
  readonly type: string;
  readonly entries: ReadonlyMap<string, Value>;
  /** The result of indexing with an unknown key. */
  readonly zero: Value;
}

export interface StructValue {
  readonly kind: 'struct';
  readonly type: string;
  readonly fields: ReadonlyMap<string, Value>;
}

export interface PointerValue {
  readonly kind: 'pointer';
  readonly type: string;
  readonly to: StructValue | null;
  /** The field names of the struct type that it points to. */
  readonly fields: readonly string[];
}

export interface InterfaceValue {
  readonly kind: 'interface';
  readonly type: 'interface {}';
  readonly value: Exclude<Value, InterfaceValue> | null;
}

export const bool = (value: boolean): BoolValue => ({ kind: 'bool', type: 'bool', value });
export const int = (value: bigint | number, type = 'int'): IntValue => ({ kind: 'int', type, value: BigInt(value) });
export const float = (value: number): FloatValue => ({ kind: 'float', type: 'float64', value });
export const string = (value: string): StringValue => ({ kind: 'string', type: 'string', value });
export const nil: InterfaceValue = { kind: 'interface', type: 'interface {}', value: null };

export function strings(values: readonly string[] | null): SliceValue {
  return { kind: 'slice', type: '[]string', items: (values ?? []).map(string), isNil: values === null };
}

/** The value in an interface; any other value unchanged. */
export function inside(value: Maybe): Exclude<Value, InterfaceValue> | undefined {
  return value?.kind === 'interface' ? (value.value ?? undefined) : value;
}

export function isNilPointer(value: Maybe): boolean {
  return (value?.kind === 'interface' && value.value === null) || (value?.kind === 'pointer' && value.to === null);
}

/** Follows interfaces and pointers to their value; a nil one is returned unchanged. */
export function indirect(value: Maybe): Maybe {
  let at = value;
  for (;;) {
    if (at?.kind === 'interface' && at.value !== null) at = at.value;
    else if (at?.kind === 'pointer' && at.to !== null) at = at.to;
    else return at;
  }
}

/** Whether `if`, `and`, `or` and `not` treat the value as true: everything except zero, empty and nil values. */
export function isTrue(given: Maybe): boolean {
  const value = inside(given);
  switch (value?.kind) {
    case undefined:
      return false;
    case 'bool':
      return value.value;
    case 'int':
    case 'uint':
      return value.value !== 0n;
    case 'float':
      return value.value !== 0;
    case 'string':
      return value.value !== '';
    case 'slice':
      return value.items.length > 0;
    case 'map':
      return value.entries.size > 0;
    case 'struct':
      return true;
    case 'pointer':
      return value.to !== null;
  }
}

/** A map's entries in the order in which Go prints them and ranges over them. */
export function sortedEntries(map: MapValue): [string, Value][] {
  return [...map.entries].sort(([a], [b]) => byBytes(a, b));
}
