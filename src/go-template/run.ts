import type { TsmachineError } from '../base/errors.js';
import type { TemplateFunctions } from './functions/function.js';
import { textOf, type Part } from './syntax/nodes.js';
import type { Definitions } from './syntax/parser.js';
import { executionError, type Source } from './syntax/source.js';
import { longestText, tooLong } from './text/longest.js';
import { inside, type Maybe } from './values.js';

/** The most steps of one execution, about a second: more is a mistake, and nothing could interrupt it. */
const mostSteps = 1_000_000;
/** Characters that a function reads or makes in the time of a step. */
const charactersInStep = 8;
/** Nested blocks and template calls together; each takes a few frames of the stack. */
const deepestWalk = 1000;

/** One execution of a template: its variables, its output, and the current position for errors. */
export class Run {
  readonly source: Source;
  readonly definitions: Definitions;
  readonly functions: TemplateFunctions;
  /** The name of the executing template, and the depth of its call. */
  name = '';
  depth = 0;
  variables: { readonly name: string; value: Maybe }[];
  #part: Part | undefined;
  #steps = 0;
  #walks = 0;
  readonly #output: string[] = [];
  #length = 0;

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
    this.work(this.variables.length / 20);
    const found = this.variables.findLast((variable) => variable.name === name);
    if (found === undefined) throw this.error(`undefined variable: ${name}`);
    return found;
  }

  declare(name: string, value: Maybe): void {
    this.variables.push({ name, value });
  }

  /** Counts work, which is bounded: loops and template calls multiply. */
  work(steps = 1): void {
    this.#steps += steps;
    if (this.#steps > mostSteps) throw this.error(`the template takes more than ${mostSteps} steps`);
  }

  /** Counts the text of a value that a function gets or returns. */
  read(value: Maybe): void {
    const text = inside(value);
    if (text?.kind !== 'string') return;
    if (text.value.length > longestText) throw this.error(tooLong);
    this.work(text.value.length / charactersInStep);
  }

  write(text: string): void {
    this.#length += text.length;
    if (this.#length > longestText) throw this.error(tooLong);
    this.#output.push(text);
  }

  get output(): string {
    return this.#output.join('');
  }

  /** Runs the inside of a block or a called template. */
  nested<T>(use: () => T): T {
    if (this.#walks === deepestWalk) throw this.error(`blocks and templates are nested more than ${deepestWalk} deep`);
    this.#walks++;
    const result = use();
    this.#walks--;
    return result;
  }
}
