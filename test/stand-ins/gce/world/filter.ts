import { invalid } from '../api/errors.js';

type Test = (item: unknown) => boolean;

/**
 * A filter of lists: `status = RUNNING AND labels.a = "b"`, `(name = x) OR (name = y)`, `labels.a:*`, and the older `name eq '.*x'`.
 * https://cloud.google.com/compute/docs/reference/rest/v1/instances/list, parameter `filter`.
 * @throws Refusal 400 when it cannot be read
 */
export function readFilter(text: string): Test {
  const words = [...text.matchAll(/\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\(|\)|!=|<=|>=|[=:<>]|[^\s()=:<>!"']+)/g)].map(
    (match) => match[1] ?? '',
  );
  if (words.join('') !== text.replace(/\s+(?=(?:[^"']|"[^"]*"|'[^']*')*$)/g, '')) throw bad(text);
  const reader = new Reader(text, words);
  const test = reader.any();
  if (reader.left > 0) throw bad(text);
  return test;
}

class Reader {
  readonly #text: string;
  readonly #words: string[];

  constructor(text: string, words: readonly string[]) {
    this.#text = text;
    this.#words = [...words];
  }

  get left(): number {
    return this.#words.length;
  }

  any(): Test {
    const tests = [this.#all()];
    while (this.#words[0] === 'OR') {
      this.#words.shift();
      tests.push(this.#all());
    }
    return (item) => tests.some((test) => test(item));
  }

  /** Expressions side by side mean AND. */
  #all(): Test {
    const tests = [this.#one()];
    while (this.#words.length > 0 && this.#words[0] !== ')' && this.#words[0] !== 'OR') {
      if (this.#words[0] === 'AND') this.#words.shift();
      tests.push(this.#one());
    }
    return (item) => tests.every((test) => test(item));
  }

  #one(): Test {
    const word = this.#words.shift();
    if (word === '(') {
      const inner = this.any();
      if (this.#words.shift() !== ')') throw bad(this.#text);
      return inner;
    }
    if (word === 'NOT' || word === '-') {
      const inner = this.#one();
      return (item) => !inner(item);
    }
    const operator = this.#words.shift();
    const value = this.#words.shift();
    if (word === undefined || operator === undefined || value === undefined || !/^[\w.-]+$/.test(word)) throw bad(this.#text);
    const compare = comparison(operator, unquoted(value));
    if (!compare) throw bad(this.#text);
    return (item) => compare(fieldOf(item, word.split('.')));
  }
}

function unquoted(word: string): string {
  return /^["']/.test(word) ? word.slice(1, -1).replace(/\\(.)/g, '$1') : word;
}

function fieldOf(item: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined || item === undefined || item === null) return item;
  if (Array.isArray(item)) return item.map((each) => fieldOf(each, [name, ...rest]));
  return fieldOf((item as Record<string, unknown>)[name], rest);
}

function comparison(operator: string, value: string): Test | undefined {
  const text = (found: unknown) =>
    typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean' ? String(found) : '';
  const like = (pattern: string) => new RegExp(`^(?:${pattern})$`);
  switch (operator) {
    case '=':
      return (found) => text(found) === value;
    case '!=':
      return (found) => text(found) !== value;
    case ':': {
      if (value === '*') return (found) => found !== undefined;
      const pattern = like(value.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*'));
      return (found) => (Array.isArray(found) ? found.some((each) => pattern.test(text(each))) : pattern.test(text(found)));
    }
    case 'eq':
      return (found) => like(value).test(text(found));
    case 'ne':
      return (found) => !like(value).test(text(found));
    case '<':
      return (found) => (typeof found === 'number' ? found < Number(value) : text(found) < value);
    case '>':
      return (found) => (typeof found === 'number' ? found > Number(value) : text(found) > value);
    default:
      return undefined;
  }
}

function bad(text: string) {
  return invalid('filter', text, 'Invalid list filter expression.');
}
