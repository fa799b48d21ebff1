import * as Flags from '@oclif/core/flags';

import { TsmachineError } from '../core/errors.js';
import type { FlagSpec, FlagValue, FlagValues } from '../driver/contract.js';
import type { FlagInput } from './flags.js';
import { goBool } from './globals.js';

const whole = /^[+-]?\d{1,15}$/;

const integer = Flags.custom<number>({
  parse: (text) => Promise.resolve(toInteger(text)),
});

/** Flags that are data (a driver's, and those every driver shares) as flags that oclif parses and the help shows. */
export function toFlagInput(specs: readonly FlagSpec[], chars: Readonly<Record<string, 'd'>> = {}): FlagInput {
  return Object.fromEntries(specs.map((spec) => [spec.name, toFlag(spec, chars[spec.name])]));
}

function toFlag(spec: FlagSpec, char: 'd' | undefined): FlagInput[string] {
  const text = {
    description: spec.env === undefined ? spec.usage : `${spec.usage} [$${spec.env}]`,
    ...(char === undefined ? {} : { char }),
  };
  // Defaults are filled in by `flagValues`, after the environment; here they are only shown.
  if (spec.type === 'bool') return Flags.boolean(text);
  if (spec.type === 'strings') return Flags.string({ ...text, multiple: true, multipleNonGreedy: true });
  const { default: shown } = spec;
  if (spec.type === 'int') return integer(typeof shown === 'number' ? { ...text, defaultHelp: shown } : text);
  return Flags.string(typeof shown === 'string' ? { ...text, defaultHelp: shown } : text);
}

/**
 * What each flag is: given on the command line, else in the environment, else its default.
 * Lists in the environment are separated by commas.
 * @throws TsmachineError FLAG_INVALID when a variable does not hold a number where one is needed
 */
export function flagValues(specs: readonly FlagSpec[], given: Readonly<Record<string, unknown>>, env: NodeJS.ProcessEnv): FlagValues {
  return Object.fromEntries(specs.map((spec) => [
    spec.name, asGiven(spec, given[spec.name]) ?? fromEnvironment(spec, env) ?? spec.default ?? nothing(spec),
  ]));
}

function asGiven(spec: FlagSpec, value: unknown): FlagValue | undefined {
  if (spec.type === 'bool') return value === true ? true : undefined;
  return value as FlagValue | undefined;
}

function fromEnvironment({ type, env: variable }: FlagSpec, env: NodeJS.ProcessEnv): FlagValue | undefined {
  const text = variable === undefined ? undefined : env[variable];
  if (text === undefined || text === '') return undefined;
  if (type === 'strings') return text.split(',').map((part) => part.trim()).filter((part) => part !== '');
  if (type === 'bool') return goBool(text) ?? false;
  return type === 'int' ? toInteger(text, variable) : text;
}

function nothing({ type }: FlagSpec): FlagValue | undefined {
  if (type === 'bool') return false;
  if (type === 'strings') return [];
  return type === 'string' ? '' : undefined;
}

function toInteger(text: string, variable?: string): number {
  if (whole.test(text)) return Number(text);
  const where = variable === undefined ? '' : `${variable}: `;
  throw new TsmachineError('FLAG_INVALID', `${where}expected a whole number, not ${JSON.stringify(text)}`);
}
