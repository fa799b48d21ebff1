import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Names of the files below a folder of the project, relative to its root, with forward slashes. */
export function filesBelow(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

export function sourceFiles(...folders: string[]): string[] {
  return folders.flatMap(filesBelow).filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));
}

export const textOf = (file: string) => readFileSync(join(root, file), 'utf8');

export interface Import {
  /** Without the extension: `src/base/errors`. */
  readonly from: string;
  /** A module of the project without extension (`src/base/io`), a package (`@oclif/core`) or one of Node (`node:fs`). */
  readonly to: string;
  readonly kind: 'project' | 'package' | 'node';
  /** Loaded when the importing module is loaded: neither `import type` nor `import()`. */
  readonly isStatic: boolean;
}

const read = new Map<string, Import[]>();

/** Every import, export-from, import() and import type of a TypeScript source; a file that is not given as text is read once. */
export function importsOf(file: string, text?: string): Import[] {
  if (text !== undefined) return importsIn(file, text);
  const known = read.get(file) ?? importsIn(file, textOf(file));
  read.set(file, known);
  return known;
}

function importsIn(file: string, text: string): Import[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, false);
  const found: Import[] = [];
  const add = (name: ts.Node | undefined, isStatic: boolean) => {
    if (name && ts.isStringLiteralLike(name)) found.push({ from: withoutExtension(file), isStatic, ...target(file, name.text) });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, !isTypeOnly(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, !node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, false);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0], false);
    else if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'require')
      add(node.arguments[0], true);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { name, namedBindings } = clause;
  return (
    name === undefined &&
    namedBindings !== undefined &&
    ts.isNamedImports(namedBindings) &&
    namedBindings.elements.length > 0 &&
    namedBindings.elements.every((element) => element.isTypeOnly)
  );
}

function target(file: string, name: string): Pick<Import, 'to' | 'kind'> {
  if (name.startsWith('.')) return { kind: 'project', to: withoutExtension(posix.join(dirname(file), name)) };
  if (name.startsWith('node:')) return { kind: 'node', to: name };
  const parts = name.split('/');
  return { kind: 'package', to: parts.slice(0, name.startsWith('@') ? 2 : 1).join('/') };
}

const withoutExtension = (file: string) => file.replace(/\.(ts|js|mjs|cjs)$/, '');

/** The texts of a TypeScript source: string literals and the parts of templates, with their line numbers. Comments are left out. */
export function literalsOf(file: string, text = textOf(file)): { readonly text: string; readonly line: number }[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, false);
  const found: { text: string; line: number }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      found.push({ text: node.text, line: source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** `src/machine` for `src/machine/engine/verify`, `drivers/none` for `drivers/none/config`, `src/index` for itself. */
export const roomOf = (module: string) => module.split('/').slice(0, 2).join('/');

/** `folder: count` of every folder that holds more of these files than it may. */
export function crowdedFolders(files: readonly string[], most: number): string[] {
  const counts = new Map<string, number>();
  for (const file of files) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  return [...counts].filter(([, count]) => count > most).map(([folder, count]) => `${folder}: ${count}`);
}
