import { evaluate } from './evaluate.js';
import type { Branch, Call, Node } from './syntax/nodes.js';
import { print, printed } from './functions/printing.js';
import { quote } from './syntax/quoting.js';
import type { Run } from './run.js';
import { indirect, int, isTrue, sortedEntries, string, type Maybe } from './values.js';

/** How a list of nodes ended: at its end (undefined), or with a jump for the enclosing loop. */
type Jump = 'break' | 'continue' | undefined;

/** The deepest nesting of template calls: deeper ones are taken for endless recursion. */
const deepestCall = 200;

/** Executes nodes with `dot`; their output is added to the run's. */
export function walk(run: Run, dot: Maybe, nodes: readonly Node[]): Jump {
  return run.nested(() => {
    for (const node of nodes) {
      const jump = step(run, dot, node);
      if (jump) return jump;
    }
    return undefined;
  });
}

function step(run: Run, dot: Maybe, node: Node): Jump {
  run.at(node);
  run.work();
  switch (node.type) {
    case 'text':
      run.write(node.text);
      return undefined;
    case 'action': {
      const value = evaluate(run, dot, node.pipeline);
      if (node.pipeline.variables.length === 0) run.write(printed(value));
      return undefined;
    }
    case 'break':
    case 'continue':
      return node.type;
    case 'if':
    case 'with':
      return branch(run, dot, node);
    case 'range':
      return range(run, dot, node);
    case 'template':
      call(run, dot, node);
      return undefined;
  }
}

function branch(run: Run, dot: Maybe, { type, pipeline, list, otherwise }: Branch): Jump {
  const known = run.variables.length;
  const value = evaluate(run, dot, pipeline);
  const jump = isTrue(value) ? walk(run, type === 'with' ? value : dot, list) : walk(run, dot, otherwise ?? []);
  run.variables.length = known;
  return jump;
}

function range(run: Run, dot: Maybe, node: Branch): Jump {
  const known = run.variables.length;
  const jump = everyItem(run, node, indirect(evaluate(run, dot, node.pipeline))) ? undefined : walk(run, dot, node.otherwise ?? []);
  run.variables.length = known;
  return jump;
}

/** Executes the loop's body for each item; returns false when there are no items. */
function everyItem(run: Run, node: Branch, over: Maybe): boolean {
  const { variables } = node.pipeline;
  let any = false;
  for (const [index, item] of items(run, over, variables.length)) {
    any = true;
    run.work();
    assignItem(run, node, index, item);
    const inner = run.variables.length;
    const jump = walk(run, item, node.list);
    run.variables.length = inner;
    if (jump === 'break') break;
  }
  return any;
}

/** The variables of a declaration are the last ones of the run: the pipeline has declared them. */
function assignItem(run: Run, { pipeline: { variables, assigns } }: Branch, index: Maybe, item: Maybe): void {
  const values = variables.length > 1 ? [index, item] : [item];
  variables.forEach((name, i) => {
    const variable = assigns ? run.variable(name) : run.variables.at(i - variables.length);
    if (variable) variable.value = values[i];
  });
}

function* items(run: Run, over: Maybe, variables: number): Generator<[Maybe, Maybe]> {
  switch (over?.kind) {
    case undefined:
      return;
    case 'slice':
      for (const [i, item] of over.items.entries()) yield [int(i), item];
      return;
    case 'map':
      run.work(over.entries.size / 8);
      for (const [key, item] of sortedEntries(over)) yield [string(key), item];
      return;
    case 'int':
    case 'uint':
      if (variables > 1) throw run.error(`can't use ${print([over])} to iterate over more than one variable`);
      for (let i = 0n; i < over.value; i++) yield [undefined, { kind: over.kind, type: over.type, value: i }];
      return;
    default:
      throw run.error(`range can't iterate over ${print([over])}`);
  }
}

/** The called template has its argument as `.` and `$`, and does not see the caller's variables. */
function call(run: Run, dot: Maybe, { name, pipeline }: Call): void {
  const nodes = run.definitions.get(name);
  if (nodes === undefined) throw run.error(`template ${quote(name)} not defined`);
  if (run.depth === deepestCall) throw run.error(`exceeded maximum template depth (${deepestCall})`);
  const value = pipeline && evaluate(run, dot, pipeline);
  const caller = { name: run.name, variables: run.variables };
  Object.assign(run, { name, variables: [{ name: '$', value }] });
  run.depth++;
  walk(run, value, nodes);
  run.depth--;
  Object.assign(run, caller);
}
