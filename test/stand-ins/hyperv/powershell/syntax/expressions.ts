import type { Node } from 'web-tree-sitter';

import { Unknown } from '../errors.js';
import { pipelineOf, statementsOf } from './statements.js';
import type { Entry, Expression, Member } from './syntax.js';

/** A level of precedence: mostly there is but one thing in it. */
const operations = 'logical|bitwise|comparison|additive|multiplicative|format|range';
const level = new RegExp(`^(?:left_assignment|array_literal|unary|argument|(?:${operations})(?:_argument)?)_expression$`);

/** What a node has in it, comments left out. */
export function named(node: Node): Node[] {
  return node.namedChildren.filter(({ type }) => type !== 'comment');
}

export function expressionOf(node: Node): Expression {
  const children = named(node);
  const [first, second, third] = children;
  if (level.test(node.type) && first) {
    if (children.length === 1 && node.childCount === 1) return expressionOf(first);
    if (second && third && children.length === 3 && /^(?:comparison|format)_operator$/.test(second.type)) {
      return { kind: 'binary', operator: second.text.toLowerCase(), left: expressionOf(first), right: expressionOf(third) };
    }
  }
  switch (node.type) {
    case 'variable':
      return { kind: 'variable', name: textOf(node) };
    case 'string_literal':
      if (first?.type !== 'verbatim_string_characters') break;
      return { kind: 'text', value: first.text.slice(1, -1).replaceAll("''", "'") };
    case 'integer_literal':
      if (!/^\d+$/.test(node.text)) break;
      return { kind: 'integer', value: Number(node.text) };
    case 'type_literal':
      return { kind: 'type', name: node.text.slice(1, -1) };
    case 'array_expression':
      return { kind: 'array', body: statementsOf(node) };
    case 'parenthesized_expression':
      if (!first || second) break;
      return { kind: 'group', body: pipelineOf(first) };
    case 'hash_literal_expression':
      return { kind: 'table', entries: first ? named(first).map(entryOf) : [] };
    case 'script_block_expression':
      if (second || (first && first.type !== 'script_block')) break;
      return { kind: 'block', body: statementsOf(node) };
    case 'expression_with_unary_operator':
      if (first?.type !== 'cast_expression' || second) break;
      return expressionOf(first);
    case 'cast_expression':
      if (first?.type !== 'type_literal' || !second) break;
      return { kind: 'cast', type: first.text.slice(1, -1), of: expressionOf(second) };
    case 'element_access':
      if (!first || !second) break;
      return { kind: 'index', of: expressionOf(first), at: expressionOf(second) };
    case 'member_access':
      return memberOf(node);
    case 'invokation_expression':
      if (third?.type !== 'argument_list') break;
      return { kind: 'call', of: memberOf(node), args: named(third).flatMap(named).map(expressionOf) };
    default:
  }
  throw new Unknown(`this ${node.type}: ${node.text}`);
}

function memberOf(node: Node): Member {
  const [of, name] = named(node);
  if (!of || name?.type !== 'member_name') throw new Unknown(`this member: ${node.text}`);
  const isStatic = node.children.some(({ type }) => type === '::');
  if (isStatic !== (of.type === 'type_literal')) throw new Unknown(`this member: ${node.text}`);
  return { kind: 'member', of: expressionOf(of), name: textOf(name) };
}

function entryOf(node: Node): Entry {
  const [key, value] = named(node);
  if (node.type !== 'hash_entry' || key?.type !== 'key_expression' || !value || key.namedChild(0)?.type !== 'simple_name') {
    throw new Unknown(`this entry of a table: ${node.text}`);
  }
  return { key: textOf(key), value: pipelineOf(value) };
}

/** A name as it is looked up. */
export function textOf({ text, type }: Node): string {
  const name = type === 'variable' ? text.slice(1) : text;
  if (!/^[\w\\-]+$/.test(name)) throw new Unknown(`the name ${text}`);
  return name;
}
