import { isAlias, isMap, isScalar, isSeq, type Alias, type Document, type Node, type YAMLMap } from 'yaml';

import { keyText, offsetOf } from './parse.js';
import { pointerTo } from './pointer.js';
import type { FileProblem } from './file-problem.js';
import { expandVariables } from './variables.js';

/** The position of a value in the text, and of its key. */
export interface Place {
  readonly value: number;
  readonly key: number;
  /** How a single value is written, with variables expanded: `28.10` is not the number 28.1. */
  readonly written?: string;
  /** The text before variables were expanded. It is shown instead of their values. */
  readonly hidden?: string;
}

/** The values of a document, and the place of each by its JSON pointer. */
export interface Tree {
  readonly value: unknown;
  readonly places: ReadonlyMap<string, Place>;
  /** Pointers of values that are unknown because a variable is not set: nothing else is reported about them. */
  readonly unknown: ReadonlySet<string>;
  readonly problems: readonly FileProblem[];
}

/** Limits, because nested aliases can stand for millions of values in a few lines. */
const mostValues = 50_000;
const deepest = 100;

/** Ends the work on a document as soon as it is over a limit. */
class Beyond extends Error {}

/**
 * The values of a document, with aliases, merge keys (`<<`) and variables expanded. The work is bounded: a document with more than 50,000
 * values, or with values nested more than 100 deep, gives that problem alone.
 */
export function treeOf(document: Document.Parsed, text: string, env: NodeJS.ProcessEnv): Tree {
  const places = new Map<string, Place>();
  const unknown = new Set<string>();
  const problems: FileProblem[] = [];
  const anchors = anchorsOf(document);
  const within: Node[] = [];
  let count = 0;
  const fail = (node: unknown, pointer: string, message: string) => {
    problems.push({ offset: offsetOf(node), message });
    unknown.add(pointer);
    return undefined;
  };

  function visit(node: unknown, pointer: string, key: number): unknown {
    countValue();
    places.set(pointer, { value: offsetOf(node), key });
    if (isAlias(node)) return followAlias(node, pointer, (target) => visit(target, pointer, key));
    if (isMap(node)) return enter(node, () => Object.fromEntries(entriesOf(node, pointer)));
    if (isSeq(node)) return enter(node, () => node.items.map((item, i) => visit(item, pointerTo(pointer, String(i)), offsetOf(item))));
    return isScalar(node) ? scalar(node, pointer, key) : null;
  }

  function countValue(): void {
    if (++count > mostValues) throw new Beyond(`with its aliases, the file has more than ${mostValues} values`);
  }

  function enter<T>(node: Node, use: () => T): T {
    if (within.length === deepest) throw new Beyond(`with its aliases, the file has values that are nested more than ${deepest} deep`);
    within.push(node);
    const result = use();
    within.pop();
    return result;
  }

  function followAlias<T>(alias: Alias, pointer: string, use: (target: Node) => T): T | undefined {
    const target = anchors.get(alias);
    if (!target) return fail(alias, pointer, `*${alias.source}: there is no anchor &${alias.source} before it`);
    return within.includes(target) ? fail(alias, pointer, `*${alias.source} refers to a value that contains it`) : use(target);
  }

  function entriesOf(map: YAMLMap, pointer: string): Map<string, unknown> {
    const entries = new Map<string, unknown>();
    const isMerge = (key: unknown) => isScalar(key) && keyText(key) === '<<';
    for (const { key, value } of map.items) {
      if (isMerge(key)) for (const [name, merged] of mergedOf(value, pointer)) entries.set(name, merged);
    }
    for (const { key, value } of map.items) {
      if (isMerge(key)) continue;
      if (!isScalar(key)) fail(key, pointer, 'a key must be text');
      else entries.set(keyText(key), visit(value, pointerTo(pointer, keyText(key)), offsetOf(key)));
    }
    return entries;
  }

  /** The entries that `<<` merges. When it is a list, the first one that has a key wins. */
  function mergedOf(node: unknown, pointer: string): Map<string, unknown> {
    countValue();
    if (isAlias(node)) return followAlias(node, pointer, (target) => mergedOf(target, pointer)) ?? new Map<string, unknown>();
    if (isMap(node)) return enter(node, () => entriesOf(node, pointer));
    if (isSeq(node)) return new Map(node.items.toReversed().flatMap((item) => [...mergedOf(item, pointer)]));
    fail(node, pointer, '"<<" must be a mapping or a list of mappings');
    return new Map();
  }

  function scalar(node: { readonly value: unknown; readonly source?: string }, pointer: string, key: number): unknown {
    const at = { value: offsetOf(node), key };
    if (typeof node.value !== 'string') {
      places.set(pointer, { ...at, written: node.source ?? String(node.value) });
      return node.value;
    }
    const expansion = expandVariables(node.value, env);
    for (const { piece, message } of expansion.faults) {
      problems.push({ offset: Math.max(at.value, text.indexOf(piece, at.value)), message });
    }
    if (expansion.faults.length > 0) unknown.add(pointer);
    places.set(pointer, { ...at, written: expansion.text, ...(expansion.changed ? { hidden: node.value } : {}) });
    return expansion.text;
  }

  try {
    const value = visit(document.contents, '', offsetOf(document.contents));
    return { value: value ?? {}, places, unknown, problems };
  } catch (error) {
    if (!(error instanceof Beyond)) throw error;
    return { value: {}, places, unknown: new Set(['']), problems: [{ offset: 0, message: error.message }] };
  }
}

/** What each alias refers to: the last anchor of its name before it. */
function anchorsOf(document: Document.Parsed): Map<Alias, Node> {
  const named = new Map<string, Node>();
  const found = new Map<Alias, Node>();
  const collect = (node: unknown): void => {
    if (isAlias(node)) {
      const target = named.get(node.source);
      if (target) found.set(node, target);
      return;
    }
    if (!isMap(node) && !isSeq(node) && !isScalar(node)) return;
    if (node.anchor !== undefined) named.set(node.anchor, node);
    if (isMap(node)) for (const { key, value } of node.items) [key, value].forEach(collect);
    if (isSeq(node)) node.items.forEach(collect);
  };
  collect(document.contents);
  return found;
}
