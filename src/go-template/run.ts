import type { TsmachineError } from '../base/errors.js';
import type { TemplateFunctions } from './functions/function.js';
import { textOf, type Part } from './syntax/nodes.js';
import type { Definitions } from './syntax/parser.js';
import { executionError, type Source } from './syntax/source.js';
import type { Maybe } from './values.js';

/** The most iterations of all loops of one execution: more is a mistake, and nothing could interrupt it. */
const maxIterations = 1_000_000;

/** One execution of a template: its variables, its output, and the current position for errors. */
export class Run {
  readonly source: Source;
  readonly definitions: Definitions;
  readonly functions: TemplateFunctions;
  readonly output: string[] = [];
  /** The name of the executing template, and the depth of its call. */
  name = '';
  depth = 0;
  variables: { readonly name: string; value: Maybe }[];
  #part: Part | undefined;
  #rounds = 0;

  constructor(source: Source, definitions: Definitions, functions: TemplateFunctions, data: Maybe) {
    this.source = source;
    this.definitions = definitions;
    this.functions = functions;
    this.variables = [{ name: '$', value: data }];
  }

  /** Sets the part that following errors refer to. */
  at(part: Part): void {
    this.#part = part;
  }

  error(message: string): TsmachineError {
    const part = this.#part;
    return executionError(this.source, { offset: part?.offset ?? 0, name: this.name, part: part ? textOf(part) : '' }, message);
  }

  /** The most recently declared variable with that name. */
  variable(name: string): { value: Maybe } {
    const found = this.variables.findLast((variable) => variable.name === name);
    if (found === undefined) throw this.error(`undefined variable: ${name}`);
    return found;
  }

  declare(name: string, value: Maybe): void {
    this.variables.push({ name, value });
  }

  countIteration(): void {
    if (++this.#rounds > maxIterations) throw this.error(`more than ${maxIterations} iterations in all loops together`);
  }
}
