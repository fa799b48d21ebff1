import { FunctionError } from './function.js';
import { printf } from './printf.js';
import { inside, type Maybe, type Value } from '../values.js';

const ordered = ['int', 'uint', 'float', 'string'];
const basic = ['bool', ...ordered];

/** Go's eq: equal to one of the others. */
export function equals(first: Maybe, others: readonly Maybe[]): boolean {
  if (others.length === 0) throw new FunctionError('missing argument for comparison');
  const one = inside(first);
  return others.some((other) => equal(one, inside(other)));
}

function equal(a: Maybe, b: Maybe): boolean {
  const [left, right] = [basicKind(a), basicKind(b)];
  if (left !== right) {
    if (areIntegers(a, b)) return a?.kind === b?.kind || sameNumber(a, b);
    if (a && b) throw incompatible(a, b);
    return false;
  }
  if (left !== undefined) return rawOf(a) === rawOf(b);
  if (a === undefined || b === undefined || isNil(a) || isNil(b)) return isNil(a) === isNil(b);
  if (a.kind !== b.kind) throw new FunctionError(printf('non-comparable types %s: %v, %s: %v', [a, typeName(a), typeName(b), b]));
  if (b.kind === 'map' || b.kind === 'slice') throw new FunctionError(printf('non-comparable type %s: %v', [b, typeName(b)]));
  return a === b || (a.kind === 'pointer' && b.kind === 'pointer' && a.to === b.to);
}

/** Go's lt. */
export function lessThan(first: Maybe, second: Maybe): boolean {
  const [a, b] = [inside(first), inside(second)];
  const [left, right] = [basicKind(a), basicKind(b)];
  if (!a || !b || !left || !right) throw new FunctionError('invalid type for comparison');
  if (left !== right && !areIntegers(a, b)) throw incompatible(a, b);
  if (!ordered.includes(left)) throw new FunctionError('invalid type for comparison');
  if (a.kind === 'string' && b.kind === 'string') return Buffer.compare(Buffer.from(a.value), Buffer.from(b.value)) < 0;
  const [x, y] = [rawOf(a), rawOf(b)];
  return x !== undefined && y !== undefined && x < y;
}

function incompatible(a: Value, b: Value): FunctionError {
  return new FunctionError(`incompatible types for comparison: ${a.type} and ${b.type}`);
}

function areIntegers(a: Maybe, b: Maybe): boolean {
  return [a, b].every((value) => value?.kind === 'int' || value?.kind === 'uint');
}

function sameNumber(a: Maybe, b: Maybe): boolean {
  return rawOf(a) === rawOf(b);
}

function basicKind(value: Maybe): string | undefined {
  return value !== undefined && basic.includes(value.kind) ? value.kind : undefined;
}

function rawOf(value: Maybe): boolean | bigint | number | string | undefined {
  switch (value?.kind) {
    case 'bool':
    case 'int':
    case 'uint':
    case 'float':
    case 'string':
      return value.value;
    default:
      return undefined;
  }
}

function isNil(value: Maybe): boolean {
  return value === undefined || (value.kind === 'pointer' && value.to === null) || (value.kind === 'slice' && value.isNil);
}

function typeName(value: Value): Value {
  return { kind: 'string', type: 'string', value: value.type };
}
