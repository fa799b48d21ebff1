import type { Maybe } from '../values.js';

/**
 * The type of a parameter: a value with the interface around it (`value`), a value without it (`any`), or a string.
 * With `any`, nil and a missing value are the same.
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

/** A function's error about its arguments; it is reported as `error calling NAME: ...`. */
export class FunctionError extends Error {}
