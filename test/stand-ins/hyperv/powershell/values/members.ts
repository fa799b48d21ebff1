import { toText, toWhole, typeName } from './convert.js';
import { terminating, Unknown } from '../errors.js';
import { Char, Instance, isArray, lookUp, nothing, Table, Whole, type Value } from './values.js';

/** `.name`: of nothing it is nothing, of an array it is that of each element. */
export function propertyOf(value: Value, name: string): Value {
  if (value === null || value === nothing) return null;
  if (isArray(value)) return ofArray(value, name);
  if (typeof value === 'string' && name.toLowerCase() === 'length') return new Whole(value.length);
  if (value instanceof Table && !(value.type === 'Hashtable' && /^(?:count|keys|values)$/i.test(name))) return value.get(name);
  if (value instanceof Instance) {
    const found = lookUp(value.properties, name);
    if (found !== undefined) return found;
  }
  throw new Unknown(`a property ${name} of a ${typeName(value)}`);
}

function ofArray(values: readonly Value[], name: string): Value {
  if (/^(?:count|length)$/i.test(name)) return new Whole(values.length);
  const each = values.filter((one) => !(one instanceof Table) || one.has(name)).map((one) => propertyOf(one, name));
  return each.length === 0 ? null : each.length === 1 ? (each[0] ?? null) : each;
}

export function setProperty(value: Value, name: string, to: Value): void {
  if (!(value instanceof Table)) throw new Unknown(`how to set ${name} of a ${typeName(value)}`);
  if (value.type !== 'Hashtable' && !value.has(name)) {
    const message = `The property '${name}' cannot be found on this object. Verify that the property exists and can be set.`;
    throw terminating(message, 'PropertyAssignmentException');
  }
  value.set(name, to);
}

export function callMethod(value: Value, name: string, args: readonly Value[]): Value {
  if (value === null || value === nothing) throw terminating('You cannot call a method on a null-valued expression.', 'InvokeMethodOnNull');
  const given = args.map((one) => (one === nothing ? null : one));
  if (typeof value === 'string' && name.toLowerCase() === 'replace' && given.length === 2) {
    if (given[0] === '')
      throw terminating('Exception calling "Replace" with "2" argument(s): "String cannot be of zero length."', 'ArgumentException');
    return value.replaceAll(toText(given[0] ?? null), toText(given[1] ?? null));
  }
  const method = value instanceof Instance ? lookUp(value.methods, name) : undefined;
  if (method?.length === given.length) return method(...given);
  throw new Unknown(`a method ${name} with ${given.length} arguments of a ${typeName(value)}`);
}

/** `[at]`: beyond the end there is nothing. */
export function elementOf(value: Value, at: Value): Value {
  if (value === null || value === nothing) throw terminating('Cannot index into a null array.', 'NullArray');
  const index = at instanceof Whole ? toWhole(at, 'Int32')?.value : undefined;
  if (index === undefined || index < 0) throw new Unknown('such an index');
  if (isArray(value)) return value[index] ?? null;
  if (typeof value === 'string') return index < value.length ? new Char(value.charCodeAt(index)) : null;
  throw new Unknown(`elements of a ${typeName(value)}`);
}
