import type { Maybe } from '../values.js';

/**
 * What a function takes: any value with its interface, any value without it, or a string. With `any`, nil and no value are the same.
 */
export type Parameter = 'value' | 'any' | 'string';

/** A function that templates can call. */
export interface TemplateFunction {
  readonly parameters: readonly Parameter[];
  /** The type of all further arguments. */
  readonly rest?: Parameter;
  /** @throws FunctionError for what Go's function returns as an error */
  call(args: readonly Maybe[]): Maybe;
}

export type TemplateFunctions = ReadonlyMap<string, TemplateFunction>;

/** What a function says is wrong with its arguments; it becomes `error calling NAME: ...`. */
export class FunctionError extends Error {}
