import type { TemplateFunctions } from './functions/function.js';
import { parse } from './syntax/parser.js';
import { Run } from './run.js';
import type { Value } from './values.js';
import { walk } from './walk.js';

export interface Template {
  /**
   * Executes the template with a value.
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
  const definitions = parse(source, (name) => functions.has(name));
  return {
    execute: (data) => {
      const run = new Run(source, definitions, functions, data);
      walk(run, data, definitions.get('') ?? []);
      return run.output.join('');
    },
  };
}
