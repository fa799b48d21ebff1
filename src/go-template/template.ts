import type { TemplateFunctions } from './functions/function.js';
import { parse } from './syntax/parser.js';
import { Run } from './run.js';
import type { Value } from './values.js';
import { walk } from './walk.js';

export interface Template {
  /**
   * The text that the template makes of a value.
   * @throws TsmachineError TEMPLATE in the words of Go's text/template
   */
  execute(data: Value): string;
}

/**
 * Reads a template of Go's text/template.
 * @param pointed true where errors may show the place in the template on lines of their own
 * @throws TsmachineError TEMPLATE in Go's words
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
