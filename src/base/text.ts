import { quote } from './quote.js';

/** A command of this program, as its words. The code that shows it puts the name in front that the user typed. */
export interface Command {
  readonly run: readonly string[];
  /** What it prints is for the shell to evaluate: `eval $(tsmachine env m1)`. */
  readonly evaluated?: true;
}

/** Words and commands in a row. */
export interface Sentence {
  readonly parts: readonly (string | Command)[];
}

/** Words for a person, which may name commands of this program: data until somebody shows them. */
export type Text = string | Command | Sentence;

/** Text out of a template: `` say`Free it first: ${run('swarm', 'leave', name)}` ``. */
export function say(strings: TemplateStringsArray, ...values: readonly (Text | number)[]): Text {
  return joinParts(strings.flatMap((string, i) => [string, ...partsOf(values[i] ?? '')]));
}

/** A command of this program to type. */
export function run(...words: string[]): Command {
  return { run: words };
}

/** A command of this program whose output the shell is to evaluate. */
export function evaluate(...words: string[]): Command {
  return { run: words, evaluated: true };
}

/** Several texts with the same between each. */
export function join(texts: readonly Text[], between: string): Text {
  return joinParts(texts.flatMap((text, i) => (i === 0 ? partsOf(text) : [between, ...partsOf(text)])));
}

/** The texts there are, each on a line of its own and none twice; undefined when there is none. */
export function lines(texts: readonly (Text | undefined)[]): Text | undefined {
  const known = new Map(texts.flatMap((text) => (text === undefined || text === '' ? [] : [[plain(text), text] as const])));
  return known.size === 0 ? undefined : join([...known.values()], '\n');
}

/** Whether a value is a text with commands, into which the program's name must still be put; in a result printed as JSON, for example. */
export function namesCommands(value: unknown): value is Command | Sentence {
  if (typeof value !== 'object' || value === null) return false;
  const [only, more] = Object.values(value) as unknown[];
  return ('run' in value || 'parts' in value) && Array.isArray(only) && (more === undefined || more === true);
}

/** The text as a string, with commands under that name. Their words are quoted for a POSIX shell where needed. */
export function plain(text: Text, program = 'tsmachine'): string {
  return partsOf(text)
    .map((part) => (typeof part === 'string' ? part : written(part, program)))
    .join('');
}

function written({ run: words, evaluated }: Command, program: string): string {
  const line = [program, ...words.map((word) => (isPlaceholder.test(word) ? word : quote(word)))].join(' ');
  return evaluated ? `eval $(${line})` : line;
}

/** Stands for a word that only the user knows: `NAME`, `...`. */
const isPlaceholder = /^([A-Z][A-Z0-9_:,.=-]*|\.\.\.)$/;

function partsOf(text: Text | number): readonly (string | Command)[] {
  if (typeof text === 'number') return [String(text)];
  return typeof text === 'string' || 'run' in text ? [text] : text.parts;
}

/** Neighbouring strings become one, so that a text without a command is a string. */
function joinParts(parts: readonly (string | Command)[]): Text {
  const joined: (string | Command)[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part;
    else if (part !== '') joined.push(part);
  }
  const [only = ''] = joined;
  return joined.length <= 1 ? only : { parts: joined };
}
