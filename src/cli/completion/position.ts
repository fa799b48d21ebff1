import type { FlagInput } from '../line/flags.js';

type Flag = FlagInput[string];

/** What the complete words of a half-typed command line mean for the next word. */
export interface Position {
  /** The flag whose value is the next word. */
  readonly pending?: { readonly name: string; readonly flag: Flag };
  /** Words that are neither flags nor their values. */
  readonly operands: readonly string[];
  /** The last value of each given flag. */
  readonly given: Readonly<Record<string, string>>;
  /** True after `--`, and after the first operand of a command that passes its words on: no more flags can follow. */
  readonly flagsEnded: boolean;
}

/**
 * Parses complete words by the grammar of argv.ts, but reports no mistakes, because the command line is not finished.
 * @param upTo flags end after this many operands; all later words are operands
 */
export function positionAfter(words: readonly string[], flags: FlagInput, upTo = Infinity): Position {
  const operands: string[] = [];
  const given: Record<string, string> = {};
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === '--') return { operands: [...operands, ...words.slice(i + 1)], given, flagsEnded: true };
    if (!word.startsWith('-') || word === '-') {
      operands.push(word);
      if (operands.length >= upTo) return { operands: [...operands, ...words.slice(i + 1)], given, flagsEnded: true };
      continue;
    }
    const found = findFlag(word, flags);
    if (found?.flag.type !== 'option') continue;
    const value = found.value ?? words[++i];
    if (value === undefined) return { pending: found, operands, given, flagsEnded: false };
    given[found.name] = value;
  }
  return { operands, given, flagsEnded: false };
}

/** Finds the flag that a word names: `--long`, `-long` or `-c`, with or without `=value`. */
export function findFlag(word: string, flags: FlagInput): { name: string; flag: Flag; value: string | undefined } | undefined {
  const [, bare = '', , value] = /^--?([^=]*)(=(.*))?$/s.exec(word) ?? [];
  const found = Object.entries(flags).find(([name, { char }]) => name === bare || (char === bare && !word.startsWith('--')));
  return found && { name: found[0], flag: found[1], value };
}
