import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { expect } from 'chai';
import ts from 'typescript';

import { root, sourceFiles, textOf } from './sources.js';

type Exports = Readonly<Record<string, unknown>>;

interface Use {
  readonly file: string;
  /** The module of `src` without extension. */
  readonly from: string;
  readonly name: string;
}

/** What a file of a driver takes from `src`, name by name; `*` for a whole module. */
function usesOf(file: string, text = textOf(file)): Use[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  return source.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const to = statement.moduleSpecifier;
    if (to === undefined || !ts.isStringLiteral(to) || !to.text.startsWith('.')) return [];
    const from = join(file, '..', to.text).replaceAll('\\', '/').replace(/\.js$/, '');
    if (!from.startsWith('src/')) return [];
    const named = ts.isImportDeclaration(statement) ? statement.importClause?.namedBindings : statement.exportClause;
    const names =
      named && (ts.isNamedImports(named) || ts.isNamedExports(named))
        ? named.elements.map((one) => (one.propertyName ?? one.name).text)
        : ['*'];
    return names.map((name) => ({ file, from, name }));
  });
}

const load = async (module: string) => (await import(pathToFileURL(join(root, `${module}.ts`)).href)) as Exports;

/** Values of a module, and of the modules that it exports as a name. */
function valuesOf(exports: Exports): unknown[] {
  return Object.values(exports).flatMap((value) => {
    const isModule = Object.prototype.toString.call(value) === '[object Module]';
    return isModule ? [value, ...valuesOf(value as Exports)] : [value];
  });
}

/** Modules whose types the package exports: `export *` or `export type *`, or by name. */
function exportsType(from: string, name: string): boolean {
  return ['src/driver/index.ts', 'src/driver/kit/cloud/index.ts'].some((file) => {
    const text = textOf(file);
    const path = `./${from.replace(/^src\/driver\/(kit\/cloud\/)?/, (_, cloud?: string) => (cloud !== undefined && !file.includes('cloud') ? 'kit/cloud/' : ''))}.js`;
    const own = from.startsWith('src/driver/') ? path : `../${from.replace(/^src\//, '')}.js`;
    const lines = [...text.matchAll(/^export (type )?(\*|\{[^}]*\})(?: as \w+)? from '([^']+)'/gms)].filter(([, , , to]) => to === own);
    return lines.some(([, , what = '']) => what === '*' || new RegExp(`\\b${name}\\b`).test(what));
  });
}

describe('architecture: drivers may use nothing that a package could not', () => {
  it('sees what a driver uses', () => {
    const text =
      "import { a as b, type C } from '../../src/base/x.js';\nimport * as d from '../../src/base/y.js';\nimport e from './z.js';";
    expect(usesOf('drivers/one/driver.ts', text).map(({ from, name }) => `${from} ${name}`)).to.deep.equal([
      'src/base/x a',
      'src/base/x C',
      'src/base/y *',
    ]);
  });

  it('exports every value and every type that a built-in driver imports', async () => {
    const offered = new Set(valuesOf(await load('src/driver/index')));
    const uses = sourceFiles('drivers').flatMap((file) => usesOf(file));
    expect(uses.length).to.be.greaterThan(100);
    const missing = new Set<string>();
    for (const { from, name } of uses) {
      const module = await load(from);
      // a whole module, or values of it under another name, are there if all of its values are
      const values = name === '*' ? Object.values(module) : name in module ? [module[name]] : undefined;
      const found = values ? values.every((value) => offered.has(value)) : exportsType(from, name);
      if (!found) missing.add(`${name} of ${from}`);
    }
    expect([...missing].sort()).to.deep.equal([]);
  });
});
