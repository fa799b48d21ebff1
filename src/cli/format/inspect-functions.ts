import { builtins, takes, textOf } from '../../go-template/functions/builtins.js';
import { FunctionError, type TemplateFunctions } from '../../go-template/functions/function.js';
import { longestText, tooLong } from '../../go-template/text/longest.js';
import { jsonText } from '../../go-template/text/json-text.js';
import { print } from '../../go-template/functions/printing.js';
import { indirect, string, strings, type Maybe } from '../../go-template/values.js';

/** The functions of `inspect --format`: Go's built-ins, `json` and `prettyjson` of Docker Machine, and four of the docker command. */
export const inspectFunctions: TemplateFunctions = new Map([
  ...builtins,
  ['json', takes(['any'], ([value]) => string(jsonText(value)))],
  ['prettyjson', takes(['any'], ([value]) => string(jsonText(value, '    ')))],
  ['join', takes(['any', 'string'], ([list, separator]) => string(join(list, textOf(separator))))],
  ['split', takes(['string', 'string'], ([text, separator]) => strings(split(textOf(text), textOf(separator))))],
  ['lower', takes(['string'], ([text]) => string(textOf(text).toLowerCase()))],
  ['upper', takes(['string'], ([text]) => string(textOf(text).toUpperCase()))],
]);

/** Joins the items as they would be printed. A missing list counts as empty. */
function join(given: Maybe, separator: string): string {
  const list = indirect(given);
  if (list === undefined) return '';
  if (list.kind !== 'slice') throw new FunctionError(`can't join item of type ${list.type}`);
  if (list.items.length * separator.length > longestText) throw new FunctionError(tooLong);
  return list.items.map((item) => print([item])).join(separator);
}

/** A limit, because each part of a text takes twenty times its memory. */
const mostParts = 100_000;

/** Splits a text; an empty separator splits it into characters. */
function split(text: string, separator: string): string[] {
  const parts = separator === '' ? Array.from(text) : text.split(separator);
  if (parts.length > mostParts) throw new FunctionError(`the text has more than ${mostParts} parts`);
  return parts;
}
