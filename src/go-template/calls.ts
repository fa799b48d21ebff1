import type { Parameter, TemplateFunction } from './functions/function.js';
import type { Run } from './run.js';
import { inside, type Maybe } from './values.js';

/** What Go's `call` says it was to call when that came through the pipe. */
export function calleeName(piped: Maybe): string {
  const value = inside(piped);
  return value?.kind === 'string' ? value.value : `<${value?.type ?? 'invalid'} Value>`;
}

/** Refuses too few arguments and too many, in Go's words. */
export function checkCount(run: Run, name: string, called: TemplateFunction, count: number, written: number): void {
  const {
    parameters: { length: fixed },
    rest,
  } = called;
  if (rest !== undefined && count < fixed) throw run.error(`wrong number of args for ${name}: want at least ${fixed} got ${written}`);
  if (rest === undefined && count !== fixed) throw run.error(`wrong number of args for ${name}: want ${fixed} got ${count}`);
}

/** What the argument at a position must be. */
export function parameterAt({ parameters, rest }: TemplateFunction, i: number): Parameter | undefined {
  return parameters[i] ?? rest;
}

/** The value as the parameter wants it. */
export function checked(run: Run, value: Maybe, parameter: Parameter | undefined): Maybe {
  if (parameter === 'any') return inside(value);
  if (parameter !== 'string') return value;
  if (value === undefined) throw run.error('invalid value; expected string');
  const text = inside(value);
  if (text?.kind !== 'string') throw run.error(`wrong type for value; expected string; got ${text?.type ?? value.type}`);
  return text;
}
