import { cast, toText, toTruth } from './values/convert.js';
import { staticMember, type Outside } from './values/dotnet.js';
import { Complaint, Unknown } from './errors.js';
import { callMethod, elementOf, propertyOf, setProperty } from './values/members.js';
import { operate } from './values/operators.js';
import { Scope } from './scope.js';
import type { Block, Expression, Pipeline, Statement } from './syntax/syntax.js';
import { BlockValue, collected, Instance, Table, TypeValue, unrolled, Whole, type Value } from './values/values.js';

export interface Call {
  readonly name: string;
  readonly words: readonly CallWord[];
  /** What came by the pipeline; undefined for the first command of one. */
  readonly input: readonly Value[] | undefined;
}

export type CallWord = { readonly parameter: string } | { readonly value: Value };

export interface Host extends Outside {
  /** Runs a cmdlet. */
  readonly command: (call: Call) => Promise<readonly Value[]>;
  /** Shows an error that ends nothing. */
  readonly error: (message: string) => void;
}

/** Runs a script with these lines of standard input. Returns what it leaves on its pipeline, and its exit status. */
export async function runScript(body: readonly Statement[], lines: readonly string[], host: Host) {
  const scope = new Scope();
  scope.set('input', lines);
  const output: Value[] = [];
  let status = 0;
  for (const statement of body) {
    try {
      output.push(...(await execute(statement, scope, host)));
      status = 0;
    } catch (error) {
      if (!(error instanceof Complaint)) throw error;
      host.error(error.message);
      status = 1;
      if (isStop(scope)) break;
    }
  }
  return { output, status };
}

function isStop(scope: Scope): boolean {
  return toText(scope.get('ErrorActionPreference')).toLowerCase() === 'stop';
}

async function executeAll(body: readonly Statement[], scope: Scope, host: Host): Promise<Value[]> {
  const output: Value[] = [];
  for (const statement of body) output.push(...(await execute(statement, scope, host)));
  return output;
}

async function execute(statement: Statement, scope: Scope, host: Host): Promise<readonly Value[]> {
  switch (statement.kind) {
    case 'pipeline':
      return unrolled(await valueOf(statement, scope, host));
    case 'assignment': {
      const { to, value } = statement;
      const result = await valueOf(value, scope, host);
      if (to.kind === 'variable') scope.set(to.name, result);
      else if (to.kind === 'member') setProperty(await evaluate(to.of, scope, host), to.name, result);
      return [];
    }
    case 'if':
      return executeAll(toTruth(await valueOf(statement.test, scope, host)) ? statement.body : statement.otherwise, scope, host);
    case 'try':
      try {
        return await executeAll(statement.body, scope, host);
      } catch (error) {
        if (!(error instanceof Complaint)) throw error;
        return scope.during('_', recordOf(error), () => executeAll(statement.handler, scope, host));
      }
  }
}

function recordOf({ message, id }: Complaint): Value {
  return new Instance('System.Management.Automation.ErrorRecord', {
    Exception: new Instance('System.Exception', { Message: message }),
    FullyQualifiedErrorId: id,
  });
}

async function valueOf({ head, commands }: Pipeline, scope: Scope, host: Host): Promise<Value> {
  if (head && commands.length === 0) return evaluate(head, scope, host);
  let input = head && unrolled(await evaluate(head, scope, host));
  for (const { name, words } of commands) {
    const given: CallWord[] = [];
    for (const word of words) given.push('parameter' in word ? word : { value: await evaluate(word.value, scope, host) });
    input = await called({ name, words: given, input }, scope, host);
  }
  return collected(input ?? []);
}

async function called(call: Call, scope: Scope, host: Host): Promise<readonly Value[]> {
  try {
    return await host.command(call);
  } catch (error) {
    if (!(error instanceof Complaint) || error.isTerminating || isStop(scope)) throw error;
    host.error(error.message);
    return [];
  }
}

async function evaluate(expression: Expression, scope: Scope, host: Host): Promise<Value> {
  const value = (one: Expression) => evaluate(one, scope, host);
  switch (expression.kind) {
    case 'text':
      return expression.value;
    case 'integer':
      return new Whole(expression.value);
    case 'variable':
      return scope.get(expression.name);
    case 'type':
      return new TypeValue(expression.name);
    case 'array':
      return executeAll(expression.body, scope, host);
    case 'group':
      return valueOf(expression.body, scope, host);
    case 'table': {
      const table = new Table();
      for (const { key, value: entry } of expression.entries) {
        if (table.has(key)) throw new Unknown(`a table with ${key} twice`);
        table.set(key, await valueOf(entry, scope, host));
      }
      return table;
    }
    case 'block':
      return blockOf(expression, scope, host);
    case 'cast':
      return cast(expression.type, await value(expression.of));
    case 'binary':
      return operate(expression.operator, await value(expression.left), await value(expression.right));
    case 'index':
      return elementOf(await value(expression.of), await value(expression.at));
    case 'member': {
      const of = await value(expression.of);
      return of instanceof TypeValue ? staticMember(of.name, expression.name, undefined, host) : propertyOf(of, expression.name);
    }
    case 'call': {
      const of = await value(expression.of.of);
      const args: Value[] = [];
      for (const one of expression.args) args.push(await value(one));
      return of instanceof TypeValue ? staticMember(of.name, expression.of.name, args, host) : callMethod(of, expression.of.name, args);
    }
  }
}

function blockOf({ body }: Block, scope: Scope, host: Host): BlockValue {
  return new BlockValue(
    (item) => scope.during('_', item, () => executeAll(body, scope, host)),
    (args) => {
      const own = new Scope(scope);
      own.set('args', args);
      return executeAll(body, own, host);
    },
  );
}
