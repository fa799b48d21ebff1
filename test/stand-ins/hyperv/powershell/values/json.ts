import { toText, typeName } from './convert.js';
import { terminating, Unknown } from '../errors.js';
import { Char, Choice, Instance, isArray, nothing, Table, Whole, type Value } from './values.js';

/** ConvertFrom-Json, as far as what the driver sends needs it. */
export function fromJson(text: string): Value {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw terminating(
      `Invalid JSON primitive: ${text.split(/\s/)[0] ?? ''}.`,
      'System.ArgumentException,Microsoft.PowerShell.Commands.ConvertFromJsonCommand',
    );
  }
  return valueOf(parsed);
}

function valueOf(json: unknown): Value {
  if (json === null || typeof json === 'string' || typeof json === 'boolean') return json;
  if (typeof json === 'number' && Number.isSafeInteger(json)) return new Whole(json);
  if (Array.isArray(json)) return json.map(valueOf);
  if (typeof json !== 'object') throw new Unknown(`the JSON ${JSON.stringify(json)}`);
  const table = new Table('PSCustomObject');
  for (const [key, value] of Object.entries(json)) {
    if (table.has(key)) throw new Unknown(`an object with ${key} in two ways`);
    table.set(key, valueOf(value));
  }
  return table;
}

/** ConvertTo-Json -Compress. What lies deeper than `depth` becomes text. */
export function toJson(value: Value, depth: number): string {
  return JSON.stringify(plain(value, depth));
}

function plain(value: Value, depth: number): unknown {
  if (value === null || value === nothing) return null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (value instanceof Whole) return value.value;
  if (value instanceof Char) return toText(value);
  if (value instanceof Choice) return value.number; // an enumeration is its number
  if (value instanceof Instance && value.type === 'System.Guid') return toText(value);
  if (isArray(value))
    return depth < 0
      ? value.map((one) => (one instanceof Table ? typeName(one) : toText(one))).join(' ')
      : value.map((one) => plain(one, depth - 1));
  if (value instanceof Table) {
    if (depth < 0) return typeName(value);
    return Object.fromEntries(value.entries().map(([key, one]) => [key, plain(one, depth - 1)]));
  }
  throw new Unknown(`the JSON of a ${typeName(value)}`);
}
