import type { FlagInput } from '../line/flags.js';

type Flag = FlagInput[string];

/** Where a half-typed command line stands. */
export interface Position {
  /** The flag whose value the next word is. */
  readonly pending?: { readonly name: string; readonly flag: Flag };
  /** Words that are no flags and no values. */
  readonly operands: readonly string[];
  /** Values of the flags that were given, the last one of each. */
  readonly given: Readonly<Record<string, string>>;
  /** After `--`, or after the first operand of a command that passes its words on, nothing is a flag. */
  readonly flagsEnded: boolean;
}

/**
 * Reads finished words by the grammar of argv.ts, but without complaints: who is still typing makes no mistakes.
 * @param upTo how many operands end the flags; the words behind them are operands as they are
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

/** The flag that a word names: `--long`, `-long`, `-c`, each with or without `=value`. */
export function findFlag(word: string, flags: FlagInput): { name: string; flag: Flag; value: string | undefined } | undefined {
  const [, bare = '', , value] = /^--?([^=]*)(=(.*))?$/s.exec(word) ?? [];
  const found = Object.entries(flags).find(([name, { char }]) => name === bare || (char === bare && !word.startsWith('--')));
  return found && { name: found[0], flag: found[1], value };
}
