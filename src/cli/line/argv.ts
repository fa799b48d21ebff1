import { TsmachineError } from '../../base/errors.js';
import { goBool } from '../../base/flags.js';
import { nearest } from '../../base/nearest.js';
import type { FlagInput } from './flags.js';
import { globalFlags } from './globals.js';

type Flag = FlagInput[string];

/**
 * Rewrites a command line in Docker Machine's grammar for oclif's parser. Docker Machine accepts long flags with one dash,
 * `--flag=false`, repeated flags (the last one counts) and values that begin with a dash. Positional words keep their order.
 * @throws TsmachineError USAGE for an unknown flag (with the nearest one), a missing value, or a flag given by name and by letter
 */
export function canonicalArgv(argv: readonly string[], flags: FlagInput): string[] {
  const given = new Map<string, string[]>();
  const positional: string[] = [];
  const forms = new Map<string, string>();
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? '';
    if (word === '--') {
      positional.push(...argv.slice(i + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      positional.push(word);
      continue;
    }
    const { name, flag, value, form } = findFlag(word, flags);
    if ((forms.get(name) ?? form) !== form && !Object.hasOwn(globalFlags, name)) {
      // global flags may be given on both sides of the command
      throw new TsmachineError('USAGE', `Cannot use two forms of the same flag: ${flag.char ?? ''} ${name}`);
    }
    forms.set(name, form);
    if (flag.type === 'boolean') {
      given.set(name, booleanWords(name, value ?? 'true'));
      continue;
    }
    const text = value ?? argv[++i];
    if (text === undefined) throw new TsmachineError('USAGE', `flag needs an argument: --${name}`);
    given.set(name, [...(flag.multiple ? (given.get(name) ?? []) : []), `--${name}=${text}`]);
  }
  return [...[...given.values()].flat(), '--', ...positional];
}

/** A word that is a flag. `form` is how it was given: its name or its letter. */
interface Found {
  readonly name: string;
  readonly flag: Flag;
  readonly value: string | undefined;
  readonly form: string;
}

function findFlag(word: string, flags: FlagInput): Found {
  const equals = word.indexOf('=');
  const dashed = equals < 0 ? word : word.slice(0, equals);
  const value = equals < 0 ? undefined : word.slice(equals + 1);
  const bare = dashed.replace(/^--?/, '');
  const long = flags[bare];
  if (long && bare.length > 1) return { name: bare, flag: long, value, form: bare };
  const short = Object.entries(flags).find(([, flag]) => flag.char === bare); // -f and --f are the same
  if (short) return { name: short[0], flag: short[1], value, form: bare };
  const near = nearest(bare, Object.keys(flags));
  const hint = near === undefined ? undefined : `Did you mean --${near}?`;
  throw new TsmachineError('USAGE', `flag provided but not defined: ${dashed}`, { hint });
}

function booleanWords(name: string, text: string): string[] {
  const value = goBool(text);
  if (value === undefined) throw new TsmachineError('USAGE', `invalid boolean value ${JSON.stringify(text)} for --${name}`);
  return value ? [`--${name}`] : [];
}
