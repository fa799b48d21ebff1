import type { Node } from 'web-tree-sitter';

import { Unknown } from '../errors.js';
import { expressionOf, named, textOf } from './expressions.js';
import type { Command, Expression, Pipeline, Statement, Word } from './syntax.js';

/** The statements in a node: a script, a block, what stands in `@( )`. */
export function statementsOf(node: Node): Statement[] {
  return named(node).flatMap((child) => {
    switch (child.type) {
      case 'statement_list':
      case 'script_block':
      case 'script_block_body':
        return statementsOf(child);
      case 'empty_statement':
        return [];
      default:
        return [statementOf(child)];
    }
  });
}

function statementOf(node: Node): Statement {
  const [first, second, third] = named(node);
  switch (node.type) {
    case 'pipeline':
      return first?.type === 'assignment_expression' ? assignmentOf(first) : pipelineOf(node);
    case 'if_statement':
      if (first?.type !== 'pipeline' || second?.type !== 'statement_block' || named(node).length > 3) break;
      if (third && third.type !== 'else_clause') break;
      return { kind: 'if', test: pipelineOf(first), body: statementsOf(second), otherwise: third ? blockIn(third) : [] };
    case 'try_statement': {
      const [clause, ...others] = second ? named(second) : [];
      if (
        first?.type !== 'statement_block' ||
        second?.type !== 'catch_clauses' ||
        third ||
        clause?.type !== 'catch_clause' ||
        others.length > 0
      )
        break;
      return { kind: 'try', body: statementsOf(first), handler: blockIn(clause) };
    }
    default:
  }
  throw new Unknown(`this ${node.type}: ${node.text}`);
}

function blockIn(node: Node): Statement[] {
  const [block, ...others] = named(node);
  if (block?.type !== 'statement_block' || others.length > 0) throw new Unknown(`this ${node.type}: ${node.text}`);
  return statementsOf(block);
}

function assignmentOf(node: Node): Statement {
  const [left, operator, right, ...others] = named(node);
  if (!left || operator?.text !== '=' || right?.type !== 'pipeline' || others.length > 0)
    throw new Unknown(`this assignment: ${node.text}`);
  const to = expressionOf(left);
  if (to.kind !== 'variable' && to.kind !== 'member') throw new Unknown(`an assignment to ${left.text}`);
  return { kind: 'assignment', to, value: pipelineOf(right) };
}

export function pipelineOf(node: Node): Pipeline {
  const [chain, ...others] = named(node);
  if (node.type !== 'pipeline' || chain?.type !== 'pipeline_chain' || others.length > 0) throw new Unknown(`this pipeline: ${node.text}`);
  const [first, ...rest] = named(chain);
  if (!first) throw new Unknown('an empty pipeline');
  const head: { head?: Expression } = first.type === 'command' ? {} : { head: expressionOf(first) };
  return { kind: 'pipeline', ...head, commands: (head.head ? rest : [first, ...rest]).map(commandOf) };
}

function commandOf(node: Node): Command {
  const [name, elements, ...others] = named(node);
  if (node.type !== 'command' || name?.type !== 'command_name' || others.length > 0) throw new Unknown(`this command: ${node.text}`);
  return { name: textOf(name), words: elements ? wordsOf(elements) : [] };
}

function wordsOf(elements: Node): Word[] {
  return named(elements).flatMap((node): Word[] => {
    switch (node.type) {
      case 'command_argument_sep':
        if (node.text.trim() === '' && node.text !== '') return [];
        break;
      case 'command_parameter':
        return [{ parameter: node.text.slice(1) }];
      case 'generic_token':
        if (/^[\w\\.-]+$/.test(node.text)) return [{ value: { kind: 'text', value: node.text } }];
        break;
      case 'array_literal_expression':
        return [{ value: expressionOf(node) }];
      default:
    }
    throw new Unknown(`what stands in "${elements.text}": ${node.type} ${node.text}`);
  });
}
