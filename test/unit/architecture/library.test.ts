import { posix } from 'node:path';

import { expect } from 'chai';
import ts from 'typescript';

import { textOf } from './sources.js';

interface Exported {
  /** As a program imports it. */
  readonly name: string;
  /** As its own file calls it. */
  readonly local: string;
  readonly file: string;
}

/** The values, not the types, that src/index.ts exports. */
function libraryExports(text: string): Exported[] {
  return ts.createSourceFile('src/index.ts', text, ts.ScriptTarget.Latest).statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement) || statement.isTypeOnly) return [];
    const { exportClause, moduleSpecifier } = statement;
    if (!exportClause || !ts.isNamedExports(exportClause) || !moduleSpecifier || !ts.isStringLiteral(moduleSpecifier)) {
      throw new Error('src/index.ts exports by name alone');
    }
    const file = posix.join('src', moduleSpecifier.text.replace(/\.js$/, '.ts'));
    return exportClause.elements
      .filter((element) => !element.isTypeOnly)
      .map(({ name, propertyName }) => ({ name: name.text, local: (propertyName ?? name).text, file }));
  });
}

/** The comment above a declaration of a file; undefined without one. */
function docOf({ file, local }: Exported): string | undefined {
  const text = textOf(file);
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const declared = source.statements.find((statement) =>
    ts.isVariableStatement(statement)
      ? statement.declarationList.declarations.some(({ name }) => name.getText() === local)
      : (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) && statement.name?.text === local,
  );
  return declared && ts.getJSDocCommentsAndTags(declared)[0]?.getText();
}

describe('architecture: the library', () => {
  const exported = libraryExports(textOf('src/index.ts'));
  const page = textOf('docs/library.md');

  it('finds what is exported', () => {
    expect(exported.map(({ name }) => name)).to.include.members(['openSession', 'createMachine', 'bringUp', 'removeMachines']);
  });

  it('describes everything that it exports where it is declared', () => {
    expect(exported.filter((one) => docOf(one) === undefined).map(({ file, local }) => `${file}: ${local}`)).to.deep.equal([]);
  });

  it('names everything that it exports in docs/library.md', () => {
    expect(exported.map(({ name }) => name).filter((name) => !new RegExp(`\\b${name}\\b`).test(page))).to.deep.equal([]);
  });
});
