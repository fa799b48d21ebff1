import { argument, callFunction } from './calls.js';
import { fieldChain } from './fields.js';
import { textOf, type Chain, type Command, type Constant, type Field, type Operand, type Pipeline, type Variable } from './syntax/nodes.js';
import type { NumberLiteral } from './syntax/number-literal.js';
import type { Run } from './run.js';
import { bool, float, inside, int, string, type Maybe } from './values.js';

/** What a command is given: the words behind its first one, and the one value that came through the pipe, if it stands behind one. */
export interface Given {
  readonly args: readonly Operand[];
  readonly piped: readonly Maybe[];
}

/** The value of a pipeline. Its variables are declared, or assigned; whoever called drops them again. */
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
    case 'field': case 'chain': case 'variable': return evaluateChain(run, dot, first, given);
    case 'identifier': return callFunction(run, dot, first, command, given);
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
    case 'bool': case 'number': case 'string':
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

export const nothing: Given = { args: [], piped: [] };

/** `.A.B`, `$x.A` or `(...).A`, whose last name may be a method. */
export function evaluateChain(run: Run, dot: Maybe, chain: Field | Variable | Chain, given = nothing): Maybe {
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
export function literal(run: Run, operand: Constant): Maybe {
  run.at(operand);
  switch (operand.type) {
    case 'bool': return bool(operand.value);
    case 'string': return string(operand.value);
    case 'number': return number(run, operand.text, operand.value);
  }
}

function number(run: Run, text: string, value: NumberLiteral): Maybe {
  if ('int' in value) return int(value.int);
  if ('float' in value) return float(value.float);
  throw run.error(`${text} overflows int`);
}
