import * as Flags from '@oclif/core/flags';

import type { FlagSpec } from '../../base/flags.js';
import { toInteger } from '../../base/flags.js';
import { standsInForDockerMachine } from '../line/program.js';
import type { FlagInput } from '../line/flags.js';

const integer = Flags.custom<number>({
  parse: (text) => Promise.resolve(toInteger(text)),
});

type Char = 'd' | 'f';

/**
 * Turns flags described as data (those of drivers, and those that all drivers share) into oclif flags.
 * @param helpGroup the heading under which the help lists them; without one, they are among the options of the command
 */
export function toFlagInput(specs: readonly FlagSpec[], chars: Readonly<Record<string, Char>> = {}, helpGroup?: string): FlagInput {
  const group = helpGroup === undefined ? {} : { helpGroup };
  return Object.fromEntries(specs.map((spec) => [spec.name, { ...toFlag(spec, chars[spec.name]), ...group }]));
}

/** The heading of a driver's flags in the help. */
export function driverHeading(driver: string): string {
  return `Options of the driver ${driver}`;
}

function toFlag(spec: FlagSpec, char: Char | undefined): FlagInput[string] {
  const text = {
    description: describe(spec),
    ...(char === undefined ? {} : { char }),
    ...(spec.values === undefined ? {} : { helpValue: [...spec.values] }),
  };
  // Defaults are only shown here: `flagValues` fills them in, after the environment.
  if (spec.type === 'bool') return Flags.boolean(text);
  if (spec.type === 'strings') return Flags.string({ ...text, multiple: true, multipleNonGreedy: true });
  const { default: shown } = spec;
  if (spec.type === 'int') return integer(typeof shown === 'number' ? { ...text, defaultHelp: shown } : text);
  return Flags.string(typeof shown === 'string' ? { ...text, defaultHelp: shown } : text);
}

/** Docker Machine named no values: its completion script for zsh takes a line that has the name of the driver for one of its flags. */
function describe({ usage, values, env }: FlagSpec): string {
  const what = values === undefined || standsInForDockerMachine() ? usage : `${usage.replace(/\.$/, '')}: ${values.join(', ')}`;
  return env === undefined ? what : `${what} [$${env}]`;
}
