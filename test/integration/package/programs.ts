import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { root, run, typescript } from './installed.js';

export interface Program {
  /** Its first line says it: `first.ts`. */
  readonly name: string;
  readonly text: string;
}

/** The programs of docs/library.md. */
export function programsOfLibraryPage(): Program[] {
  const page = readFileSync(join(root, 'docs', 'library.md'), 'utf8');
  return [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, text = '']) => {
    const name = /^\/\/ ([\w-]+\.ts)\n/.exec(text)?.[1];
    if (name === undefined) throw new Error(`A program of docs/library.md has no name:\n${text}`);
    return { name, text };
  });
}

/** What a careful user compiles with. */
export const strict = [
  '--strict',
  '--exactOptionalPropertyTypes',
  '--noUncheckedIndexedAccess',
  '--noPropertyAccessFromIndexSignature',
  '--noUnusedLocals',
  '--verbatimModuleSyntax',
  '--skipLibCheck',
  '--module',
  'nodenext',
  '--target',
  'es2022',
  '--types',
  'node',
];

/** Compiles programs in a project that has the package installed. @returns the folder of the JavaScript. @throws with what tsc says */
export function compile(project: string, programs: readonly Program[]): string {
  const source = join(project, 'src');
  mkdirSync(source, { recursive: true });
  for (const { name, text } of programs) writeFileSync(join(source, name), text);
  const out = join(project, 'dist');
  run(process.execPath, [typescript, ...strict, '--outDir', out, ...programs.map(({ name }) => join('src', name))], project);
  return out;
}
