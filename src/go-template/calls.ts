import type { Parameter, TemplateFunction } from './functions/function.js';
import type { Run } from './run.js';
import { inside, type Maybe } from './values.js';

/** The name that Go's `call` uses in errors for a callee that came through the pipe. */
export function calleeName(piped: Maybe): string {
  const value = inside(piped);
  return value?.kind === 'string' ? value.value : `<${value?.type ?? 'invalid'} Value>`;
}

/** Checks the number of arguments. @throws with Go's message */
export function checkCount(run: Run, name: string, called: TemplateFunction, count: number, written: number): void {
  const {
    parameters: { length: fixed },
    rest,
  } = called;
  if (rest !== undefined && count < fixed) throw run.error(`wrong number of args for ${name}: want at least ${fixed} got ${written}`);
  if (rest === undefined && count !== fixed) throw run.error(`wrong number of args for ${name}: want ${fixed} got ${count}`);
}

/** The type that the argument at a position must have. */
export function parameterAt({ parameters, rest }: TemplateFunction, i: number): Parameter | undefined {
  return parameters[i] ?? rest;
}

/** Checks and converts an argument for its parameter. */
export function checked(run: Run, value: Maybe, parameter: Parameter | undefined): Maybe {
  if (parameter === 'any') return inside(value);
  if (parameter !== 'string') return value;
  if (value === undefined) throw run.error('invalid value; expected string');
  const text = inside(value);
  if (text?.kind !== 'string') throw run.error(`wrong type for value; expected string; got ${text?.type ?? value.type}`);
  return text;
}
