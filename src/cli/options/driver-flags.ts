import * as Flags from '@oclif/core/flags';

import type { FlagSpec } from '../../base/flags.js';
import { toInteger } from '../../base/flags.js';
import type { FlagInput } from '../line/flags.js';

const integer = Flags.custom<number>({
  parse: (text) => Promise.resolve(toInteger(text)),
});

type Char = 'd' | 'f';

/** Turns flags described as data (those of drivers, and those that all drivers share) into oclif flags. */
export function toFlagInput(specs: readonly FlagSpec[], chars: Readonly<Record<string, Char>> = {}): FlagInput {
  return Object.fromEntries(specs.map((spec) => [spec.name, toFlag(spec, chars[spec.name])]));
}

function toFlag(spec: FlagSpec, char: Char | undefined): FlagInput[string] {
  const text = {
    description: spec.env === undefined ? spec.usage : `${spec.usage} [$${spec.env}]`,
    ...(char === undefined ? {} : { char }),
  };
  // Defaults are only shown here: `flagValues` fills them in, after the environment.
  if (spec.type === 'bool') return Flags.boolean(text);
  if (spec.type === 'strings') return Flags.string({ ...text, multiple: true, multipleNonGreedy: true });
  const { default: shown } = spec;
  if (spec.type === 'int') return integer(typeof shown === 'number' ? { ...text, defaultHelp: shown } : text);
  return Flags.string(typeof shown === 'string' ? { ...text, defaultHelp: shown } : text);
}
