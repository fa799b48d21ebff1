import { isAlias, isMap, isScalar, parseDocument, visit, type Document, type LineCounter, type ParsedNode, type YAMLError } from 'yaml';

import type { Problem } from './problem.js';

/** No swarm needs more; it keeps a wrong file (a log, an image) from being parsed for minutes. */
const largest = 1_000_000;

const words: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  TAB_AS_INDENT: 'a tab stands where YAML wants blanks: indent with blanks',
  MULTIPLE_DOCS: 'a second document begins here: a file declares one swarm',
  TAG_RESOLVE_FAILED: 'tags are not understood here: leave the word with "!" out',
};

interface Parsed {
  readonly document: Document.Parsed;
  readonly problems: readonly Problem[];
}

/** A text as a YAML 1.2 document; it is of use when no problem was found. `lines` learns where its lines begin. */
export function parseYaml(text: string, lines: LineCounter): Parsed {
  if (text.length > largest) {
    const message = `the file has ${text.length} characters: more than ${largest} are no swarm`;
    return { document: parseDocument(''), problems: [{ offset: 0, message }] };
  }
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2', merge: true });
  const problems = [...document.errors, ...document.warnings]
    .filter(({ code }) => code !== 'DUPLICATE_KEY')
    .map(({ code, message, pos: [offset] }) => ({ offset, message: inWords(code, message, text.slice(0, offset)) }));
  // one broken line makes the parser stumble over the next ones too
  if (problems.length > 0) return { document, problems: problems.sort((a, b) => a.offset - b.offset).slice(0, 1) };
  return { document, problems: [...directiveProblems(document), ...duplicateKeys(document, lines), ...shapeProblems(document)] };
}

function inWords(code: YAMLError['code'], message: string, before: string): string {
  if (before.endsWith('$')) return 'between { } or [ ] a variable must stand in quotes, as in "${NAME}"';
  return words[code] ?? `not YAML: ${decapitalised(message)}`;
}

function directiveProblems({ directives }: Document.Parsed): Problem[] {
  const { version } = directives.yaml;
  return version === '1.2' ? [] : [{ offset: 0, message: `YAML ${version} is not read: leave the %YAML line out` }];
}

function shapeProblems({ contents }: Document.Parsed): Problem[] {
  if (contents === null || (isScalar(contents) && contents.value === null)) {
    return [{ offset: 0, message: 'the file is empty: a swarm needs at least "groups"' }];
  }
  if (isMap(contents) || isAlias(contents)) return [];
  const kind = isScalar(contents) ? 'single value' : 'list';
  return [{ offset: offsetOf(contents), message: `the file must be a mapping with "groups", not a ${kind}` }];
}

function duplicateKeys(document: Document.Parsed, lines: LineCounter): Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Map: (_, map) => {
      const first = new Map<string, number>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const name = keyText(key);
        const before = first.get(name);
        if (before === undefined) first.set(name, offsetOf(key));
        else {
          const message = `"${name}" stands here a second time: it is in line ${lines.linePos(before).line} already`;
          problems.push({ offset: offsetOf(key), message });
        }
      }
    },
  });
  return problems;
}

/** A key is text however it looks: `1:` and `"1":` are the same. */
export function keyText(key: { readonly value: unknown; readonly source?: string }): string {
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
}

export function offsetOf(node: unknown): number {
  return (node as Partial<ParsedNode> | null)?.range?.[0] ?? 0;
}

function decapitalised(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
