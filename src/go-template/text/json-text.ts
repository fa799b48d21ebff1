import { inside, sortedEntries, type Maybe } from '../values.js';

/** A value as Go's encoding/json writes it: sorted keys, and `<`, `>`, `&` escaped. Without `indent`, everything is on one line. */
export function jsonText(value: Maybe, indent = '', margin = ''): string {
  const at = inside(value);
  const inner = margin + indent;
  const list = (items: readonly Maybe[]) => items.map((item) => jsonText(item, indent, inner));
  const fields = (entries: readonly (readonly [string, Maybe])[]) =>
    entries.map(([key, item]) => `${stringText(key)}:${indent && ' '}${jsonText(item, indent, inner)}`);
  switch (at?.kind) {
    case undefined:
      return 'null';
    case 'bool':
    case 'int':
    case 'uint':
      return String(at.value);
    case 'float':
      return Object.is(at.value, -0) ? '-0' : String(at.value);
    case 'string':
      return stringText(at.value);
    case 'slice':
      return at.isNil ? 'null' : wrap('[', list(at.items), ']', indent, margin);
    case 'map':
      return wrap('{', fields(sortedEntries(at)), '}', indent, margin);
    case 'struct':
      return wrap('{', fields([...at.fields]), '}', indent, margin);
    case 'pointer':
      return jsonText(at.to ?? undefined, indent, margin);
  }
}

function wrap(open: string, items: readonly string[], close: string, indent: string, margin: string): string {
  if (items.length === 0 || indent === '') return open + items.join(',') + close;
  return `${open}\n${items.map((item) => margin + indent + item).join(',\n')}\n${margin}${close}`;
}

function stringText(text: string): string {
  return JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
