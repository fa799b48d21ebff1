import { TsmachineError } from '../../base/errors.js';
import { flagValues, toInteger, type FlagSpec, type FlagType, type FlagValue, type FlagValues } from '../../base/flags.js';
import { nearest } from '../../base/nearest.js';

const forms: Readonly<Record<FlagType, string>> = {
  string: 'a string',
  int: 'a whole number',
  bool: 'true or false',
  strings: 'a list of strings',
};

/**
 * The values of flags that a program gives by their names without dashes; what it does not give comes from the environment, else it is
 * the flag's default. A number may be given as text, and one string stands for a list of one.
 * @throws TsmachineError USAGE for a flag that does not exist, FLAG_INVALID for a value of another type
 */
export function readFlags(specs: readonly FlagSpec[], given: FlagValues, env: NodeJS.ProcessEnv): FlagValues {
  const typed = Object.fromEntries(
    Object.entries(given)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, asType(findSpec(specs, name), value)]),
  );
  return { ...flagValues(specs, typed, env), ...typed };
}

function findSpec(specs: readonly FlagSpec[], name: string): FlagSpec {
  const found = specs.find((spec) => spec.name === name);
  if (found) return found;
  const bare = name.replace(/^-+/, '');
  const meant = nearest(
    bare,
    specs.map((spec) => spec.name),
  );
  throw new TsmachineError('USAGE', `Nonexistent flag: --${bare}`, {
    hint:
      bare !== name ? `Names of flags have no dashes in front: "${bare}"` : meant === undefined ? undefined : `Did you mean "${meant}"?`,
  });
}

function asType({ name, type }: FlagSpec, value: FlagValue | undefined): FlagValue {
  if (type === 'int' && typeof value === 'string') return toInteger(value, `--${name}`);
  if (type === 'strings' && typeof value === 'string') return [value];
  const fits = {
    string: typeof value === 'string',
    int: Number.isSafeInteger(value),
    bool: typeof value === 'boolean',
    strings: Array.isArray(value) && value.every((text: unknown) => typeof text === 'string'),
  }[type];
  if (fits && value !== undefined) return value;
  throw new TsmachineError('FLAG_INVALID', `--${name} must be ${forms[type]}`);
}
