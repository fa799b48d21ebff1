import { toText, toTruth, toWhole, typeName } from '../values/convert.js';
import { typeText, type Declaration, type Parameter } from './declaration.js';
import { terminating } from '../errors.js';
import { BlockValue, Instance, isArray, nothing, type Value } from '../values/values.js';

const guid = /^\{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?$/i;

/** Makes an argument what its parameter takes. Objects come as an array, as most cmdlets take several. */
export function convert(value: Value, name: string, parameter: Parameter, isMandatory: boolean, { type: cmdlet }: Declaration): Value {
  const { type } = parameter;
  if (type === 'Any') return value === nothing ? null : value;
  const refuse = (message: string, id: string) => terminating(message, `${id},${cmdlet}`);
  const cannot = (why = '') =>
    refuse(
      `Cannot bind parameter '${name}'. Cannot convert the "${shown(value)}" value of type "${typeName(value)}" ` +
        `to type "${typeText(parameter)}".${why}`,
      'CannotConvertArgumentNoMessage',
    );
  const isNull = value === null || value === nothing;
  if (isNull && isMandatory) {
    throw refuse(`Cannot bind argument to parameter '${name}' because it is null.`, 'ParameterArgumentValidationErrorNullNotAllowed');
  }
  if (typeof type === 'object' && 'object' in type) {
    if (isNull) return [];
    const all = isArray(value) ? value : [value];
    if (all.length === 0 && isMandatory) {
      throw refuse(
        `Cannot bind argument to parameter '${name}' because it is an empty array.`,
        'ParameterArgumentValidationErrorEmptyArrayNotAllowed',
      );
    }
    if (all.every((one) => one instanceof Instance && (one.type === type.object || one.bases.includes(type.object)))) return all;
    throw cannot();
  }
  if (typeof type === 'object') {
    const word = type.names.find((one) => one.toLowerCase() === (isPlain(value) ? toText(value).toLowerCase() : ''));
    if (word !== undefined) return word;
    throw cannot(
      ` Unable to match the identifier name ${shown(value)} to a valid enumerator name. ` +
        `Specify one of the following enumerator names and try again: ${type.names.join(', ')}`,
    );
  }
  switch (type) {
    case 'String':
      if (!isNull && !isPlain(value)) throw cannot();
      if (isMandatory && toText(value) === '') {
        throw refuse(
          `Cannot bind argument to parameter '${name}' because it is an empty string.`,
          'ParameterArgumentValidationErrorEmptyStringNotAllowed',
        );
      }
      return toText(value);
    case 'Boolean':
      if (typeof value === 'string' || isArray(value))
        throw cannot(' Boolean parameters accept only Boolean values and numbers, such as $True, $False, 1 or 0.');
      return toTruth(value);
    case 'Switch':
      return toTruth(value);
    case 'Guid':
      if (isPlain(value) && guid.test(toText(value))) return toText(value).replace(/[{}]/g, '').toLowerCase();
      throw cannot();
    case 'ScriptBlock':
      if (value instanceof BlockValue) return value;
      throw cannot();
    default: {
      const whole = isPlain(value) || isNull ? toWhole(value, type) : undefined;
      if (whole) return whole;
      throw cannot(' Error: "Input string was not in a correct format."');
    }
  }
}

/** As messages show it. */
export function shown(value: Value): string {
  return isPlain(value) ? toText(value) : typeName(value);
}

/** Has a text of its own. */
function isPlain(value: Value): boolean {
  return (
    value !== null &&
    value !== nothing &&
    !isArray(value) &&
    !(value instanceof BlockValue) &&
    (!(value instanceof Instance) || value.text !== undefined) &&
    (typeof value !== 'object' || !('entries' in value))
  );
}
