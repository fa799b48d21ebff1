import { isAlias, isMap, isScalar, parseDocument, visit, type Document, type LineCounter, type ParsedNode, type YAMLError } from 'yaml';

import type { FileProblem } from './file-problem.js';
import { tooDeepAt } from './nesting.js';

/** Characters. A thousand machines, each with a group of its own, need less; a wrong file (a log, an image) is not parsed for minutes. */
const largest = 200_000;

const words: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  TAB_AS_INDENT: 'YAML does not allow a tab here: indent with spaces',
  MULTIPLE_DOCS: 'a second document begins here, but a file declares one swarm',
  TAG_RESOLVE_FAILED: 'tags are not supported: remove the word with "!"',
};

interface Parsed {
  readonly document: Document.Parsed;
  readonly problems: readonly FileProblem[];
}

/** Parses a text as YAML 1.2. The document is usable only when there is no problem. @param lines filled with the beginnings of the lines */
export function parseYaml(text: string, lines: LineCounter): Parsed {
  if (text.length > largest) {
    const message = `the file has ${text.length} characters, but at most ${largest} are allowed`;
    return { document: parseDocument(''), problems: [{ offset: 0, message }] };
  }
  const tooDeep = tooDeepAt(text);
  if (tooDeep !== undefined) {
    for (const start of [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)]) lines.addNewLine(start);
    return { document: parseDocument(''), problems: [{ offset: tooDeep, message: 'the values are nested too deeply' }] };
  }
  // `duplicateKeys` looks for them instead: the library compares each key with all before it
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2', merge: true, uniqueKeys: false });
  // one broken line causes errors in the next ones too
  const [first] = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  if (first !== undefined) return { document, problems: [inWords(first, text)] };
  return { document, problems: [...directiveProblems(document), ...duplicateKeys(document, lines), ...shapeProblems(document)] };
}

function inWords({ code, message, pos: [offset] }: YAMLError, text: string): FileProblem {
  if (text[offset - 1] === '$') return { offset, message: 'between { } or [ ] a variable must be quoted, as in "${NAME}"' };
  return { offset, message: words[code] ?? `not YAML: ${decapitalised(message)}` };
}

function directiveProblems({ directives }: Document.Parsed): FileProblem[] {
  const { version } = directives.yaml;
  return version === '1.2' ? [] : [{ offset: 0, message: `YAML ${version} is not supported: remove the %YAML line` }];
}

function shapeProblems({ contents }: Document.Parsed): FileProblem[] {
  if (contents === null || (isScalar(contents) && contents.value === null)) {
    return [{ offset: 0, message: 'the file is empty: a swarm needs at least "groups"' }];
  }
  if (isMap(contents) || isAlias(contents)) return [];
  const kind = isScalar(contents) ? 'single value' : 'list';
  return [{ offset: offsetOf(contents), message: `the file must be a mapping with "groups", not a ${kind}` }];
}

function duplicateKeys(document: Document.Parsed, lines: LineCounter): FileProblem[] {
  const problems: FileProblem[] = [];
  visit(document, {
    Map: (_, map) => {
      const first = new Map<string, number>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const name = keyText(key);
        const before = first.get(name);
        if (before === undefined) first.set(name, offsetOf(key));
        else {
          const message = `"${name}" is already defined in line ${lines.linePos(before).line}`;
          problems.push({ offset: offsetOf(key), message });
        }
      }
    },
  });
  return problems;
}

/** Every key is text: `1:` and `"1":` are the same. */
export function keyText(key: { readonly value: unknown; readonly source?: string }): string {
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
}

export function offsetOf(node: unknown): number {
  return (node as Partial<ParsedNode> | null)?.range?.[0] ?? 0;
}

function decapitalised(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
