import { TsmachineError } from '../../base/errors.js';
import { driverOfFlag } from '../options/account-flags.js';
import { globalFlags } from './globals.js';
import { programName } from './program.js';

export interface CommandLine {
  /** Global flags before the command, with their values. */
  readonly leading: readonly string[];
  /** Undefined when there is none. */
  readonly command: string | undefined;
  /** The words after the command, unchanged. */
  readonly rest: readonly string[];
}

/**
 * Splits a command line at its command. `-v`, `--version`, `-h` and `--help` before a command count as commands.
 * @throws TsmachineError USAGE for an unknown flag before the command
 */
export function splitCommandLine(argv: readonly string[]): CommandLine {
  let i = 0;
  while (i < argv.length) {
    const word = argv[i] ?? '';
    if (!word.startsWith('-') || word === '-') return { leading: argv.slice(0, i), command: word, rest: argv.slice(i + 1) };
    const bare = word.replace(/^--?/, '').replace(/=.*$/s, '');
    if (bare === 'h' || bare === 'help') return { leading: argv.slice(0, i), command: 'help', rest: [] };
    if (bare === 'v' || bare === 'version') return { leading: argv.slice(0, i), command: 'version', rest: [] };
    const flag = Object.entries(globalFlags).find(([name, { char }]) => name === bare || char === bare)?.[1];
    const takesValue = flag ? flag.type !== 'boolean' : driverOfFlag(word) !== undefined; // flags of drivers that every command takes
    if (!flag && !takesValue)
      throw new TsmachineError('USAGE', `flag provided but not defined: ${word}`, { hint: `See '${programName()} --help'.` });
    i += !takesValue || word.includes('=') ? 1 : 2;
    if (i > argv.length) throw new TsmachineError('USAGE', `flag needs an argument: ${word}`, { hint: `See '${programName()} --help'.` });
  }
  return { leading: argv, command: undefined, rest: [] };
}
