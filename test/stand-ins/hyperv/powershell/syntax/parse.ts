import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';

import { Language, Parser, type Node } from 'web-tree-sitter';

import { ParseError } from '../errors.js';
import { statementsOf } from './statements.js';
import type { Statement } from './syntax.js';

export type Parse = (script: string) => readonly Statement[];

/** Scripts are read by a grammar that others wrote: it knows PowerShell, not what the scripts are meant to say. */
export async function openParser(root: string): Promise<Parse> {
  setFlagsFromString('--liftoff-only'); // optimizing the grammar takes seconds, which a process waits for when it ends
  const modules = join(root, 'node_modules');
  await Parser.init({ locateFile: (name: string) => join(modules, 'web-tree-sitter', name) });
  const language = await Language.load(await readFile(join(modules, 'tree-sitter-powershell', 'tree-sitter-powershell.wasm')));
  const parser = new Parser();
  parser.setLanguage(language);
  return (script) => {
    const tree = parser.parse(script);
    if (!tree) throw new ParseError('no tree');
    if (tree.rootNode.hasError) throw new ParseError(`At ${placeOf(firstError(tree.rootNode))}: that is not PowerShell`);
    return statementsOf(tree.rootNode);
  };
}

function firstError(node: Node): Node {
  const inner = node.children.find((child) => child.hasError || child.isMissing);
  return node.isError || node.isMissing || !inner ? node : firstError(inner);
}

function placeOf({ startPosition: { row, column }, text }: Node): string {
  return `line:${row + 1} char:${column + 1} ${JSON.stringify(text.split('\n')[0])}`;
}
