import * as Parser from '@oclif/core/parser';
import type { Interfaces } from '@oclif/core';

import { TsmachineError, messageOf } from '../core/errors.js';
import { canonicalArgv } from './argv.js';
import { globalFlags, resolveGlobals, type GlobalValues } from './globals.js';
import type { FlagInput } from './flags.js';

export interface ParsedLine<F extends FlagInput> {
  readonly flags: Interfaces.InferredFlags<F>;
  readonly args: readonly string[];
  readonly globals: GlobalValues;
}

/**
 * Parses a command's words: its own flags and the global ones in any order, everything else positional.
 * @throws TsmachineError USAGE or FLAG_INVALID, naming the flag
 */
export async function parseLine<F extends FlagInput>(argv: readonly string[], own: F, env: NodeJS.ProcessEnv): Promise<ParsedLine<F>> {
  const all = { ...globalFlags, ...own };
  const words = canonicalArgv(argv, all);
  try {
    const { flags, raw } = await Parser.parse(words, { flags: all, strict: false });
    // `argv` of the result is sorted by first occurrence, which moves repeated words; `raw` keeps the order.
    const args = raw.flatMap((token) => (token.type === 'arg' ? [token.input] : []));
    return { flags: flags as Interfaces.InferredFlags<F>, args, globals: resolveGlobals(flags, env) };
  } catch (error) {
    throw usageError(error);
  }
}

/** oclif puts the flag's name before the message and a line of its own after it. */
function usageError(error: unknown): TsmachineError {
  const text = messageOf(error);
  const flag = /^Parsing (--\S+)/.exec(text)?.[1];
  const reason = text.replace(/^Parsing --\S+\s*/, '').replace(/\s*See more help with --help\s*$/, '');
  const code = TsmachineError.is(error) ? error.code : 'USAGE';
  return new TsmachineError(code, flag === undefined ? reason : `${flag}: ${reason}`, { cause: error });
}
