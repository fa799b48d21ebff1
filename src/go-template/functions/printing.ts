import { canBackquote, quote } from '../syntax/quoting.js';
import { floatText, withPoint, type FloatVerb } from '../text/float-text.js';
import { integerText, pad, unicodeText, type Flags } from '../text/integer-text.js';
import { inside, sortedEntries, string, type IntValue, type Maybe, type PointerValue, type Value } from '../values.js';

const stringVerbs = 'vsxXq';

/** Formats one argument of Go's Printf with one verb. Mistakes become text too: `%!d(string=hi)`. */
export function formatArgument(argument: Maybe, verb: string, flags: Flags): string {
  const value = inside(argument);
  if (value === undefined) return verb === 'T' || verb === 'v' ? pad('<nil>', flags) : badVerb(value, verb, flags);
  return verb === 'T' ? stringText(value.type, 's', flags) : formatValue(value, verb, flags);
}

/** Go's Print: a space between two arguments when neither is a string. */
export function print(values: readonly Maybe[]): string {
  const isString = values.map((value) => inside(value)?.kind === 'string');
  return values.map((value, i) => (i > 0 && !isString[i] && !isString[i - 1] ? ' ' : '') + formatArgument(value, 'v', {})).join('');
}

export function println(values: readonly Maybe[]): string {
  return `${values.map((value) => formatArgument(value, 'v', {})).join(' ')}\n`;
}

/** The text of an action's value: pointers are followed, and a missing value prints as `<no value>`. */
export function printed(value: Maybe): string {
  if (value === undefined) return '<no value>';
  return print([value.kind === 'pointer' && value.to !== null ? value.to : value]);
}

function formatValue(value: Value, verb: string, flags: Flags): string {
  switch (value.kind) {
    case 'bool':
      return verb === 't' || verb === 'v' ? pad(String(value.value), flags) : badVerb(value, verb, flags);
    case 'int':
    case 'uint':
      if (value.text !== undefined && flags.goSyntax !== true && stringVerbs.includes(verb)) return stringText(value.text, verb, flags);
      return integer(value, verb, flags);
    case 'float':
      return float(value.value, verb, flags) ?? badVerb(value, verb, flags);
    case 'string':
      return stringVerbs.includes(verb) ? stringText(value.value, verb, flags) : badVerb(value, verb, flags);
    case 'interface':
      return value.value === null ? nilText(value.type, flags) : formatValue(value.value, verb, flags);
    case 'slice': {
      const items = value.items.map((item) => formatValue(item, verb, flags));
      if (flags.goSyntax !== true) return `[${items.join(' ')}]`;
      return value.isNil ? nilText(value.type, flags) : `${value.type}{${items.join(', ')}}`;
    }
    case 'map': {
      const items = sortedEntries(value).map(([key, item]) => `${formatValue(string(key), verb, flags)}:${formatValue(item, verb, flags)}`);
      return flags.goSyntax === true ? `${value.type}{${items.join(', ')}}` : `map[${items.join(' ')}]`;
    }
    case 'struct': {
      const named = flags.goSyntax === true || flags.fieldNames === true;
      const items = [...value.fields].map(([name, field]) => (named ? `${name}:` : '') + formatValue(field, verb, flags));
      return flags.goSyntax === true ? `${value.type}{${items.join(', ')}}` : `{${items.join(' ')}}`;
    }
    case 'pointer':
      return pointer(value, verb, flags);
  }
}

/** Go follows only the outermost pointer and prints addresses inside; there are no addresses here, so all pointers are followed. */
function pointer(value: PointerValue, verb: string, flags: Flags): string {
  if (value.to !== null) return `&${formatValue(value.to, verb, flags)}`;
  if (verb !== 'v') return badVerb(value, verb, flags);
  return flags.goSyntax === true ? `(${value.type})(nil)` : pad('<nil>', flags);
}

function nilText(type: string, flags: Flags): string {
  return flags.goSyntax === true ? `${type}(nil)` : '<nil>';
}

/** Inside an error text, a type's String method is not used. */
function badVerb(value: Maybe, verb: string, flags: Flags): string {
  if (value === undefined) return `%!${verb}(<nil>)`;
  const plain = value.kind === 'int' || value.kind === 'uint' ? integer(value, 'v', flags) : formatValue(value, 'v', flags);
  return `%!${verb}(${value.type}=${plain})`;
}

function integer(value: IntValue, verb: string, flags: Flags): string {
  const { kind, value: number } = value;
  switch (verb) {
    case 'v':
      if (kind === 'uint' && flags.goSyntax === true) return integerText(number, 16, { ...flags, sharp: true });
      return integerText(number, 10, flags);
    case 'd':
      return integerText(number, 10, flags);
    case 'b':
      return integerText(number, 2, flags);
    case 'o':
      return integerText(number, 8, flags);
    case 'O':
      return integerText(number, 8, flags, '0o');
    case 'x':
      return integerText(number, 16, flags);
    case 'X':
      return integerText(number, 16, flags).toUpperCase();
    case 'c':
      return pad(character(number), flags);
    case 'q':
      return pad(quote(character(number), { ascii: flags.plus === true, mark: "'" }), flags);
    case 'U':
      return unicodeText(number, flags);
    default:
      return badVerb(value, verb, flags);
  }
}

function character(code: bigint): string {
  const valid = code >= 0n && code <= 0x10ffffn && (code < 0xd800n || code > 0xdfffn);
  return valid ? String.fromCodePoint(Number(code)) : '\ufffd';
}

const floatVerbs: Readonly<Record<string, readonly [FloatVerb, number | undefined]>> = {
  v: ['g', undefined],
  b: ['b', undefined],
  g: ['g', undefined],
  G: ['G', undefined],
  x: ['x', undefined],
  X: ['X', undefined],
  f: ['f', 6],
  F: ['f', 6],
  e: ['e', 6],
  E: ['E', 6],
};

function float(value: number, verb: string, flags: Flags): string | undefined {
  const found = floatVerbs[verb];
  if (found === undefined) return undefined;
  const [style, usual] = found;
  const precision = flags.precision ?? usual;
  const text = flags.sharp ? withPoint(floatText(value, style, precision), style, precision) : floatText(value, style, precision);
  const negative = text.startsWith('-');
  const sign = negative ? '-' : flags.plus ? '+' : flags.space ? ' ' : '';
  const digits = negative ? text.slice(1) : text;
  const zeros = flags.zero && !flags.minus && sign !== '' ? Math.max((flags.width ?? 0) - sign.length - digits.length, 0) : 0;
  return pad(sign + '0'.repeat(zeros) + digits, flags);
}

function stringText(text: string, verb: string, flags: Flags): string {
  if (verb === 'x' || verb === 'X') return hexText(text, verb, flags);
  const cut = flags.precision === undefined ? text : Array.from(text).slice(0, flags.precision).join('');
  if (verb !== 'q' && flags.goSyntax !== true) return pad(cut, flags);
  return pad(flags.sharp && canBackquote(cut) ? `\`${cut}\`` : quote(cut, { ascii: flags.plus === true }), flags);
}

function hexText(text: string, verb: 'x' | 'X', flags: Flags): string {
  const bytes = [...Buffer.from(text).subarray(0, flags.precision)].map((byte) => byte.toString(16).padStart(2, '0'));
  const lead = flags.sharp && bytes.length > 0 ? '0x' : '';
  const joined = flags.space ? bytes.map((byte) => lead + byte).join(' ') : lead + bytes.join('');
  return pad(verb === 'X' ? joined.toUpperCase() : joined, flags);
}
