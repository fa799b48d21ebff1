import { equals, lessThan } from './comparison.js';
import { escapeHtml, escapeJs, escapeQuery } from './escaping.js';
import { FunctionError, type Parameter, type TemplateFunction, type TemplateFunctions } from './function.js';
import { index, length, slice } from './indexing.js';
import { printf } from './printf.js';
import { print, println } from './printing.js';
import { bool, inside, isTrue, string, type Maybe } from '../values.js';

/** The functions that are available in every template. */
export const builtins: TemplateFunctions = new Map<string, TemplateFunction>([
  // the caller decides which arguments of `and` and `or` are evaluated
  ['and', takes(['value'], ([first]) => first, 'value')],
  ['or', takes(['value'], ([first]) => first, 'value')],
  ['not', takes(['value'], ([value]) => bool(!isTrue(value)))],
  ['call', takes(['value'], ([name, value]) => refuse(name, value), 'value')],
  ['index', takes(['value'], ([item, ...indices]) => index(item, indices), 'value')],
  ['slice', takes(['value'], ([item, ...indices]) => slice(item, indices), 'value')],
  ['len', takes(['value'], ([item]) => length(item))],
  ['eq', takes(['value'], ([first, ...others]) => bool(equals(first, others)), 'value')],
  ['ne', compares((a, b) => !equals(a, [b]))],
  ['lt', compares(lessThan)],
  ['le', compares((a, b) => lessThan(a, b) || equals(a, [b]))],
  ['gt', compares((a, b) => !lessThan(a, b) && !equals(a, [b]))],
  ['ge', compares((a, b) => !lessThan(a, b))],
  ['print', takes([], (values) => string(print(values)), 'any')],
  ['println', takes([], (values) => string(println(values)), 'any')],
  ['printf', takes(['string'], ([format, ...values]) => string(printf(textOf(format), values)), 'any')],
  ['html', takes([], (values) => string(escapeHtml(printAll(values))), 'any')],
  ['js', takes([], (values) => string(escapeJs(printAll(values))), 'any')],
  ['urlquery', takes([], (values) => string(escapeQuery(printAll(values))), 'any')],
]);

export function takes(parameters: readonly Parameter[], call: (args: readonly Maybe[]) => Maybe, rest?: Parameter): TemplateFunction {
  return rest === undefined ? { parameters, call } : { parameters, rest, call };
}

function compares(compare: (a: Maybe, b: Maybe) => boolean): TemplateFunction {
  return takes(['value', 'value'], ([a, b]) => bool(compare(a, b)));
}

/** The text of a string argument. */
export function textOf(value: Maybe): string {
  const text = inside(value);
  return text?.kind === 'string' ? text.value : '';
}

/** The text of the arguments as an action prints them: pointers are followed. */
function printAll(values: readonly Maybe[]): string {
  return print(values.map((value) => (value?.kind === 'pointer' ? (value.to ?? value) : (value ?? string('<no value>')))));
}

/** `call` always fails, because no value here is a function. */
function refuse(name: Maybe, value: Maybe): never {
  const called = inside(value);
  throw new FunctionError(called === undefined ? 'call of nil' : `non-function ${textOf(name)} of type ${called.type}`);
}
