import type { Run } from './run.js';
import { indirect, isNilPointer, type Maybe } from './values.js';

/** Follows a chain of field names from a value. */
export function fieldChain(run: Run, receiver: Maybe, names: readonly string[], hasArguments: boolean): Maybe {
  return names.reduce((value, name, i) => field(run, value, name, hasArguments && i === names.length - 1), receiver);
}

/** A missing map key gives no value, and neither do its fields; a field that a struct type does not have is an error. */
function field(run: Run, receiver: Maybe, name: string, hasArguments: boolean): Maybe {
  if (receiver === undefined) return undefined;
  const value = indirect(receiver);
  if (value?.kind === 'interface') throw run.error(`nil pointer evaluating ${receiver.type}.${name}`);
  if ((value?.kind === 'int' || value?.kind === 'uint') && value.methods && Object.hasOwn(value.methods, name)) {
    if (hasArguments) throw run.error(`wrong number of args for ${name}: want 0 got 1`);
    return value.methods[name]?.();
  }
  if (value?.kind === 'struct' && value.fields.has(name)) {
    if (hasArguments) throw run.error(`${name} has arguments but cannot be invoked as function`);
    return value.fields.get(name);
  }
  if (value?.kind === 'map') {
    if (hasArguments) throw run.error(`${name} is not a method but has arguments`);
    return value.entries.get(name);
  }
  if (value?.kind === 'pointer' && isNilPointer(value) && value.fields.includes(name)) {
    throw run.error(`nil pointer evaluating ${receiver.type}.${name}`);
  }
  throw run.error(`can't evaluate field ${name} in type ${receiver.type}`);
}
