import { terminating, Unknown } from '../errors.js';
import { Char, Choice, Instance, isArray, nothing, Table, TypeValue, Whole, type Value, type WholeType } from './values.js';

const ranges: Readonly<Record<WholeType, readonly [number, number]>> = {
  Int16: [-(2 ** 15), 2 ** 15 - 1],
  Int32: [-(2 ** 31), 2 ** 31 - 1],
  Int64: [-(2 ** 63), 2 ** 63],
  UInt32: [0, 2 ** 32 - 1],
  UInt64: [0, 2 ** 64],
};

/** `[string]` */
export function toText(value: Value): string {
  if (value === null || value === nothing) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (value instanceof Whole) return String(value.value);
  if (value instanceof Char) return String.fromCharCode(value.code);
  if (value instanceof Choice) return value.name;
  if (isArray(value)) return value.map(toText).join(' ');
  if (value instanceof Instance && value.text !== undefined) return value.text;
  throw new Unknown(`the text of a ${typeName(value)}`);
}

/** `[bool]` */
export function toTruth(value: Value): boolean {
  if (value === null || value === nothing) return false;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return value !== '';
  if (value instanceof Whole) return value.value !== 0;
  if (value instanceof Choice) return value.number !== 0;
  if (isArray(value)) return value.length > 1 || (value.length === 1 && toTruth(value[0] ?? null));
  return true;
}

/** Undefined when it cannot be: the message is the caller's. */
export function toWhole(value: Value, type: WholeType): Whole | undefined {
  const number = numberOf(value);
  const [least, most] = ranges[type];
  return number === undefined || !Number.isSafeInteger(number) || number < least || number > most ? undefined : new Whole(number, type);
}

function numberOf(value: Value): number | undefined {
  if (value === null || value === nothing) return 0;
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'string') return value.trim() === '' ? 0 : /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : undefined;
  if (value instanceof Whole) return value.value;
  if (value instanceof Char) return value.code;
  if (value instanceof Choice) return value.number;
  return undefined;
}

export function cast(type: string, value: Value): Value {
  switch (type.toLowerCase()) {
    case 'string':
      return toText(value);
    case 'bool':
      return toTruth(value);
    case 'int': {
      const whole = toWhole(value, 'Int32');
      if (whole) return whole;
      throw terminating(`Cannot convert value "${toText(value)}" to type "System.Int32".`, 'InvalidCastFromStringToInteger');
    }
    default:
      throw new Unknown(`a cast to ${type}`);
  }
}

/** As messages name it. */
export function typeName(value: Value): string {
  if (value === null || value === nothing) return 'null';
  if (typeof value === 'string') return 'System.String';
  if (typeof value === 'boolean') return 'System.Boolean';
  if (value instanceof Whole) return `System.${value.type}`;
  if (value instanceof Char) return 'System.Char';
  if (value instanceof Choice || value instanceof Instance) return value.type;
  if (value instanceof Table)
    return value.type === 'Hashtable' ? 'System.Collections.Hashtable' : 'System.Management.Automation.PSCustomObject';
  if (value instanceof TypeValue) return 'System.RuntimeType';
  return isArray(value) ? 'System.Object[]' : 'System.Management.Automation.ScriptBlock';
}
