import type { TemplateFunctions } from './functions/function.js';
import { parse } from './syntax/parser.js';
import { syntaxError } from './syntax/source.js';
import { Run } from './run.js';
import type { Value } from './values.js';
import { walk } from './walk.js';

/** Characters; a page of text has three thousand. */
const longestTemplate = 100_000;

export interface Template {
  /**
   * Executes the template with a value. Steps, depth and output are bounded.
   * @throws TsmachineError TEMPLATE with the message of Go's text/template
   */
  execute(data: Value): string;
}

/**
 * Parses a template in the syntax of Go's text/template.
 * @param pointed true to show the position of an error in the template, on extra lines
 * @throws TsmachineError TEMPLATE with Go's message
 */
export function compileTemplate(text: string, functions: TemplateFunctions, { pointed = false } = {}): Template {
  const source = { text, pointed };
  if (text.length > longestTemplate) throw syntaxError(source, 1, 0, `the template has more than ${longestTemplate} characters`);
  const definitions = parse(source, (name) => functions.has(name));
  return {
    execute: (data) => {
      const run = new Run(source, definitions, functions, data);
      walk(run, data, definitions.get('') ?? []);
      return run.output;
    },
  };
}
