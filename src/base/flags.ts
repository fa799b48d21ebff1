import { resolve } from 'node:path';

import { TsmachineError } from './errors.js';

export type FlagType = 'string' | 'int' | 'bool' | 'strings';
export type FlagValue = string | number | boolean | readonly string[];
export type FlagValues = Readonly<Record<string, FlagValue | undefined>>;

export interface FlagSpec {
  /** The whole flag without dashes: `generic-ip-address`. */
  readonly name: string;
  readonly usage: string;
  readonly type: FlagType;
  readonly default?: FlagValue;
  /** The default holds only where nothing else says more: the driver gets an empty value, and decides. */
  readonly soft?: true;
  /** The default where this program stands in for Docker Machine, whose default it was. */
  readonly oldDefault?: FlagValue;
  /** The environment variable read when the flag is not given. */
  readonly env?: string;
  /** The value names a local file. In a swarm file, a relative path is relative to that file's folder. */
  readonly file?: true;
  /** All the values it may have. The help names them, and shells complete them. */
  readonly values?: readonly string[];
  /** A value for the example in the help; for flags without which there is no machine. */
  readonly example?: string;
  /** It is given each time or found in the environment, and never written down: not in data, ledger, journal, facts or logs. */
  readonly secret?: true;
  /** It says as whom the provider is asked, as secrets do, without being one: every command takes it. */
  readonly anywhere?: true;
}

const whole = /^[+-]?\d{1,15}$/;

/**
 * The value of each flag: as given, else from the environment, else the default. Lists in the environment are separated by commas.
 * @throws TsmachineError FLAG_INVALID when an environment variable does not contain the number that is needed
 */
export function flagValues(specs: readonly FlagSpec[], given: Readonly<Record<string, unknown>>, env: NodeJS.ProcessEnv): FlagValues {
  return Object.fromEntries(
    specs.map((spec) => [spec.name, asGiven(spec, given[spec.name]) ?? fromEnvironment(spec, env) ?? preset(spec)]),
  );
}

/** The flags as Docker Machine had them: for scripts that were written for it. */
export function withOldDefaults(specs: readonly FlagSpec[]): readonly FlagSpec[] {
  return specs.map(({ oldDefault, soft, ...spec }) => {
    if (oldDefault === undefined) return soft === undefined ? spec : { ...spec, soft };
    return { ...spec, default: oldDefault };
  });
}

/** The same flags with relative file names resolved against the folder `base`, as needed for those of a swarm file. */
export function pathsFrom(base: string, specs: readonly FlagSpec[], given: FlagValues): FlagValues {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const isFile = specs.find((spec) => spec.name === name)?.file === true;
      return [name, isFile && typeof value === 'string' && value !== '' ? resolve(base, value) : value];
    }),
  );
}

/** A flag whose name says that its value is a secret: for words on a command line, and for drivers that do not mark their flags. */
export const secretFlag = /(secret|token|password|passphrase|access-key|encoded-json)/i;

/** The driver's own flags without secrets, as they may be written to disk to create similar machines later. */
export function flagsToKeep(specs: readonly FlagSpec[], values: FlagValues): FlagValues {
  return Object.fromEntries(specs.flatMap(({ name, secret }) => (secret || values[name] === undefined ? [] : [[name, values[name]]])));
}

/** The values of the flags that every command takes, secret ones first of all: given now, or found in the environment. */
export function secretsOf(specs: readonly FlagSpec[], given: FlagValues, env: NodeJS.ProcessEnv): FlagValues {
  const secret = specs.filter((spec) => spec.secret === true || spec.anywhere === true);
  return secret.length === 0 ? {} : flagValues(secret, given, env);
}

function asGiven(spec: FlagSpec, value: unknown): FlagValue | undefined {
  if (spec.type === 'bool') return value === true ? true : undefined;
  return value as FlagValue | undefined;
}

function fromEnvironment({ type, env: variable }: FlagSpec, env: NodeJS.ProcessEnv): FlagValue | undefined {
  const text = variable === undefined ? undefined : env[variable];
  if (text === undefined || text === '') return undefined;
  if (type === 'strings') return listIn(text);
  if (type === 'bool') return goBool(text) ?? false;
  return type === 'int' ? toInteger(text, variable) : text;
}

/** A list as a variable of the environment has it: with commas. */
export function listIn(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function preset(spec: FlagSpec): FlagValue | undefined {
  return (spec.soft ? undefined : spec.default) ?? nothing(spec);
}

function nothing({ type }: FlagSpec): FlagValue | undefined {
  if (type === 'bool') return false;
  if (type === 'strings') return [];
  return type === 'string' ? '' : undefined;
}

/** @throws TsmachineError FLAG_INVALID, naming the environment variable that contains the text, if it came from one */
export function toInteger(text: string, variable?: string): number {
  if (whole.test(text)) return Number(text);
  const where = variable === undefined ? '' : `${variable}: `;
  throw new TsmachineError('FLAG_INVALID', `${where}expected a whole number, not ${JSON.stringify(text)}`);
}

/** Parses a boolean as Go's strconv.ParseBool does; undefined for anything else. */
export function goBool(text: string): boolean | undefined {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false;
  return undefined;
}
