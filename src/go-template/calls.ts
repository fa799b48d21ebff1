import { messageOf } from '../base/errors.js';
import { evaluate, evaluateChain, literal, nothing, type Given } from './evaluate.js';
import { FunctionError, type Parameter, type TemplateFunction } from './functions/function.js';
import { textOf, type Identifier, type Operand, type Part } from './syntax/nodes.js';
import type { Run } from './run.js';
import { inside, isTrue, string, type Maybe } from './values.js';

/** Calls a function with the words behind it and what came through the pipe, which is its last argument. */
export function callFunction(run: Run, dot: Maybe, identifier: Identifier, whole: Part, { args, piped }: Given): Maybe {
  run.at(identifier);
  const { name } = identifier;
  const called = run.functions.get(name);
  if (called === undefined) throw run.error(`"${name}" is not a defined function`);
  const count = args.length + piped.length;
  checkCount(run, name, called, count, args.length);
  if (name === 'and' || name === 'or') return shortCircuit(run, dot, name === 'or', args, piped);
  const values = args.map((arg, i) => argument(run, dot, parameterAt(called, i), arg));
  values.push(...piped.map((value) => checked(run, value, parameterAt(called, count - 1))));
  if (name === 'call') values.unshift(string(args[0] ? textOf(args[0]) : calleeName(piped[0])));
  try {
    return called.call(values);
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    run.at(whole);
    throw run.error(`error calling ${name}: ${messageOf(error)}`);
  }
}

/** What Go's `call` says it was to call when that came through the pipe. */
function calleeName(piped: Maybe): string {
  const value = inside(piped);
  return value?.kind === 'string' ? value.value : `<${value?.type ?? 'invalid'} Value>`;
}

function checkCount(run: Run, name: string, called: TemplateFunction, count: number, written: number): void {
  const { parameters: { length: fixed }, rest } = called;
  if (rest !== undefined && count < fixed) throw run.error(`wrong number of args for ${name}: want at least ${fixed} got ${written}`);
  if (rest === undefined && count !== fixed) throw run.error(`wrong number of args for ${name}: want ${fixed} got ${count}`);
}

function parameterAt({ parameters, rest }: TemplateFunction, i: number): Parameter | undefined {
  return parameters[i] ?? rest;
}

/** `and` and `or` look at no argument behind the one that decides. */
function shortCircuit(run: Run, dot: Maybe, until: boolean, args: readonly Operand[], piped: readonly Maybe[]): Maybe {
  let value: Maybe;
  for (const arg of args) {
    value = argument(run, dot, 'value', arg);
    if (isTrue(value) === until) return value;
  }
  return piped.length > 0 ? piped[0] : value;
}

/** An argument's value. Without a parameter it is what fields are taken of. */
export function argument(run: Run, dot: Maybe, parameter: Parameter | undefined, operand: Operand): Maybe {
  run.at(operand);
  switch (operand.type) {
    case 'dot': return checked(run, dot, parameter);
    case 'nil':
      if (parameter === 'string') throw run.error('cannot assign nil to string');
      return undefined;
    case 'field': case 'variable': case 'chain': return checked(run, evaluateChain(run, dot, operand), parameter);
    case 'pipeline': return checked(run, evaluate(run, dot, operand), parameter);
    case 'identifier': return checked(run, callFunction(run, dot, operand, operand, nothing), parameter);
    case 'bool': case 'number':
      if (parameter === 'string') throw run.error(`expected string; found ${textOf(operand)}`);
      return literal(run, operand);
    case 'string': return literal(run, operand);
  }
}

/** The value as the parameter wants it. */
function checked(run: Run, value: Maybe, parameter: Parameter | undefined): Maybe {
  if (parameter === 'any') return inside(value);
  if (parameter !== 'string') return value;
  if (value === undefined) throw run.error('invalid value; expected string');
  const text = inside(value);
  if (text?.kind !== 'string') throw run.error(`wrong type for value; expected string; got ${text?.type ?? value.type}`);
  return text;
}
