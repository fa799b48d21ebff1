import { errorText } from '../base/errors.js';
import { calleeName, checkCount, checked, parameterAt } from './calls.js';
import { fieldChain } from './fields.js';
import { FunctionError, type Parameter } from './functions/function.js';
import {
  textOf,
  type Chain,
  type Command,
  type Constant,
  type Field,
  type Identifier,
  type Operand,
  type Part,
  type Pipeline,
  type Variable,
} from './syntax/nodes.js';
import type { NumberLiteral } from './syntax/number-literal.js';
import type { Run } from './run.js';
import { bool, float, inside, int, isTrue, string, type Maybe } from './values.js';

/** The arguments of a command: the words after the first one, and the value from the pipe, if there is one. */
interface Given {
  readonly args: readonly Operand[];
  readonly piped: readonly Maybe[];
}

/** The value of a pipeline. Its variables are declared or assigned; the caller removes them again. */
export function evaluate(run: Run, dot: Maybe, pipeline: Pipeline): Maybe {
  run.at(pipeline);
  let piped: Maybe[] = [];
  for (const command of pipeline.commands) piped = [inside(evaluateCommand(run, dot, command, piped))];
  const [result] = piped;
  for (const name of pipeline.variables) {
    if (pipeline.assigns) run.variable(name).value = result;
    else run.declare(name, result);
  }
  return result;
}

function evaluateCommand(run: Run, dot: Maybe, command: Command, piped: readonly Maybe[]): Maybe {
  const [first, ...args] = command.words;
  const given = { args, piped };
  switch (first.type) {
    case 'field':
    case 'chain':
    case 'variable':
      return evaluateChain(run, dot, first, given);
    case 'identifier':
      return callFunction(run, dot, first, command, given);
    case 'pipeline':
      refuseArguments(run, first, given);
      return evaluate(run, dot, first);
    case 'nil':
      run.at(first);
      refuseArguments(run, first, given);
      throw run.error('nil is not a command');
    case 'dot':
      run.at(first);
      refuseArguments(run, first, given);
      return dot;
    case 'bool':
    case 'number':
    case 'string':
      run.at(first);
      refuseArguments(run, first, given);
      return literal(run, first);
  }
}

function refuseArguments(run: Run, word: Operand, given: Given): void {
  if (hasArguments(given)) throw run.error(`can't give argument to non-function ${textOf(word)}`);
}

function hasArguments({ args, piped }: Given): boolean {
  return args.length > 0 || piped.length > 0;
}

const nothing: Given = { args: [], piped: [] };

/** `.A.B`, `$x.A` or `(...).A`, whose last name may be a method. */
function evaluateChain(run: Run, dot: Maybe, chain: Field | Variable | Chain, given = nothing): Maybe {
  run.at(chain);
  const called = hasArguments(given);
  if (chain.type === 'field') return fieldChain(run, dot, chain.names, called);
  if (chain.type === 'chain') return fieldChain(run, argument(run, dot, undefined, chain.of), chain.names, called);
  const [name = '$', ...names] = chain.names;
  const { value } = run.variable(name);
  if (names.length > 0) return fieldChain(run, value, names, called);
  refuseArguments(run, chain, given);
  return value;
}

/** The value of a constant. */
function literal(run: Run, operand: Constant): Maybe {
  run.at(operand);
  switch (operand.type) {
    case 'bool':
      return bool(operand.value);
    case 'string':
      return string(operand.value);
    case 'number':
      return number(run, operand.text, operand.value);
  }
}

function number(run: Run, text: string, value: NumberLiteral): Maybe {
  if ('int' in value) return int(value.int);
  if ('float' in value) return float(value.float);
  throw run.error(`${text} overflows int`);
}

/** Calls a function with the words after it and, as the last argument, the value from the pipe. */
function callFunction(run: Run, dot: Maybe, identifier: Identifier, whole: Part, { args, piped }: Given): Maybe {
  run.at(identifier);
  run.work();
  const { name } = identifier;
  const called = run.functions.get(name);
  if (called === undefined) throw run.error(`"${name}" is not a defined function`);
  const count = args.length + piped.length;
  checkCount(run, name, called, count, args.length);
  if (name === 'and' || name === 'or') return shortCircuit(run, dot, name === 'or', args, piped);
  const values = args.map((arg, i) => argument(run, dot, parameterAt(called, i), arg));
  values.push(...piped.map((value) => checked(run, value, parameterAt(called, count - 1))));
  values.forEach((value) => {
    run.read(value);
  });
  if (name === 'call') values.unshift(string(args[0] ? textOf(args[0]) : calleeName(piped[0])));
  try {
    const result = called.call(values);
    run.read(result);
    return result;
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    run.at(whole);
    throw run.error(`error calling ${name}: ${errorText(error)}`);
  }
}

/** `and` and `or` do not evaluate any argument after the one that decides. */
function shortCircuit(run: Run, dot: Maybe, until: boolean, args: readonly Operand[], piped: readonly Maybe[]): Maybe {
  let value: Maybe;
  for (const arg of args) {
    value = argument(run, dot, 'value', arg);
    if (isTrue(value) === until) return value;
  }
  return piped.length > 0 ? piped[0] : value;
}

/** The value of an argument; without a parameter, of an operand whose fields are accessed. */
function argument(run: Run, dot: Maybe, parameter: Parameter | undefined, operand: Operand): Maybe {
  run.at(operand);
  switch (operand.type) {
    case 'dot':
      return checked(run, dot, parameter);
    case 'nil':
      if (parameter === 'string') throw run.error('cannot assign nil to string');
      return undefined;
    case 'field':
    case 'variable':
    case 'chain':
      return checked(run, evaluateChain(run, dot, operand), parameter);
    case 'pipeline':
      return checked(run, evaluate(run, dot, operand), parameter);
    case 'identifier':
      return checked(run, callFunction(run, dot, operand, operand, nothing), parameter);
    case 'bool':
    case 'number':
      if (parameter === 'string') throw run.error(`expected string; found ${textOf(operand)}`);
      return literal(run, operand);
    case 'string':
      return literal(run, operand);
  }
}
