import { TsmachineError } from '../core/errors.js';
import { nearest } from '../system/nearest.js';
import type { FlagInput } from './flags.js';
import { goBool } from './globals.js';

type Flag = FlagInput[string];

/**
 * Rewrites a command line of Docker Machine's grammar (spec 1.3) into the one oclif's parser reads: single-dash long flags,
 * `--flag=false`, flags that are repeated (the last one counts), values that begin with a dash. Positional words keep their place.
 * @throws TsmachineError USAGE for an unknown flag (suggesting the nearest) or a missing value
 */
export function canonicalArgv(argv: readonly string[], flags: FlagInput): string[] {
  const given = new Map<string, string[]>();
  const positional: string[] = [];
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
    const { name, flag, value } = findFlag(word, flags);
    if (flag.type === 'boolean') {
      given.set(name, booleanWords(name, value ?? 'true'));
      continue;
    }
    const text = value ?? argv[++i];
    if (text === undefined) throw new TsmachineError('USAGE', `flag needs an argument: --${name}`);
    given.set(name, [...(flag.multiple ? given.get(name) ?? [] : []), `--${name}=${text}`]);
  }
  return [...[...given.values()].flat(), '--', ...positional];
}

function findFlag(word: string, flags: FlagInput): { name: string; flag: Flag; value: string | undefined } {
  const equals = word.indexOf('=');
  const dashed = equals < 0 ? word : word.slice(0, equals);
  const value = equals < 0 ? undefined : word.slice(equals + 1);
  const bare = dashed.replace(/^--?/, '');
  const long = flags[bare];
  if (long && bare.length > 1) return { name: bare, flag: long, value };
  const short = dashed.startsWith('--') ? undefined : Object.entries(flags).find(([, flag]) => flag.char === bare);
  if (short) return { name: short[0], flag: short[1], value };
  const near = nearest(bare, Object.keys(flags));
  const hint = near === undefined ? undefined : `Did you mean --${near}?`;
  throw new TsmachineError('USAGE', `flag provided but not defined: ${dashed}`, { hint });
}

function booleanWords(name: string, text: string): string[] {
  const value = goBool(text);
  if (value === undefined) throw new TsmachineError('USAGE', `invalid boolean value ${JSON.stringify(text)} for --${name}`);
  return value ? [`--${name}`] : [];
}
