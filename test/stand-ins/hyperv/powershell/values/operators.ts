import { toText, toTruth, toWhole } from './convert.js';
import { terminating, Unknown } from '../errors.js';
import { Char, Choice, Instance, isArray, nothing, Whole, type Value } from './values.js';

export function operate(operator: string, left: Value, right: Value): Value {
  switch (operator) {
    case '-eq':
      return isArray(left) ? left.filter((one) => isEqual(one, right)) : isEqual(left, right);
    case '-ne':
      return isArray(left) ? left.filter((one) => !isEqual(one, right)) : !isEqual(left, right);
    case '-contains':
      return isArray(left) ? left.some((one) => isEqual(one, right)) : isEqual(left, right);
    case '-f':
      return format(toText(left), isArray(right) ? right : [right]);
    default:
      throw new Unknown(`the operator ${operator}`);
  }
}

/** The right side is taken for what the left one is; text is compared in whatever letters. */
function isEqual(left: Value, right: Value): boolean {
  if (left === null || left === nothing) return right === null || right === nothing;
  if (typeof left === 'string') return left.toLowerCase() === toText(right).toLowerCase();
  if (typeof left === 'boolean') return left === toTruth(right);
  if (right === null || right === nothing) return false;
  if (left instanceof Whole) return toWhole(right, 'Int64')?.value === left.value;
  if (left instanceof Choice)
    return right instanceof Whole ? right.value === left.number : toText(right).toLowerCase() === left.name.toLowerCase();
  if (left instanceof Char) return toText(left).toLowerCase() === toText(right).toLowerCase();
  if (left instanceof Instance && left.text !== undefined) return left.text.toLowerCase() === toText(right).toLowerCase();
  throw new Unknown('how to compare these');
}

function format(text: string, values: readonly Value[]): string {
  if (/[{}]{2}/.test(text)) throw new Unknown(`the format ${text}`);
  return text.replace(/\{(\d+)(?::([^{}]*))?\}/g, (_whole, index: string, style: string | undefined) => {
    const value = values[Number(index)];
    if (value === undefined) {
      throw terminating(
        'Error formatting a string: Index (zero based) must be greater than or equal to zero and less than the size of the argument list..',
        'FormatError',
      );
    }
    if (style === undefined) return toText(value);
    const [, digits] = /^x(\d+)$/.exec(style) ?? [];
    if (digits === undefined || !(value instanceof Whole)) throw new Unknown(`the format ${text}`);
    return value.value.toString(16).padStart(Number(digits), '0');
  });
}
