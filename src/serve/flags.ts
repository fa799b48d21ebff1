import { listIn, withOldDefaults, type FlagSpec, type FlagValue, type FlagValues } from '../base/flags.js';
import type { Of } from '../go-rpc/gob/schema.js';
import type { createFlags, driverOptions } from '../plugins/go/flags.js';

/** Flags as Docker Machine reads them. It knows no `soft` default: there the driver gets nothing, and decides. */
export function flagsForDockerMachine(specs: readonly FlagSpec[]): Of<typeof createFlags> {
  return withOldDefaults(specs).map(({ name, usage, env = '', type, default: preset, soft }) => {
    const described = { Name: name, Usage: usage, EnvVar: env };
    const value = soft === true ? undefined : preset;
    if (type === 'bool') return { type: '*mcnflag.BoolFlag', value: described } as const;
    if (type === 'int') return { type: '*mcnflag.IntFlag', value: { ...described, Value: typeof value === 'number' ? value : 0 } } as const;
    if (type === 'string')
      return { type: '*mcnflag.StringFlag', value: { ...described, Value: typeof value === 'string' ? value : '' } } as const;
    return { type: '*mcnflag.StringSliceFlag', value: { ...described, Value: typeof value === 'object' ? value : [] } } as const;
  });
}

/**
 * The values that Docker Machine sends, as ours. It sends a value for each flag: the default, that of the environment or the given one. For
 * a number without a default it has to send 0, and of the environment it takes no lists.
 */
export function valuesFromDockerMachine(
  specs: readonly FlagSpec[],
  sent: Of<typeof driverOptions>,
  env: Readonly<Record<string, string | undefined>>,
): FlagValues {
  const values = sent?.type === undefined ? new Map<string, never>() : sent.value.Values;
  return Object.fromEntries(
    withOldDefaults(specs).map((spec) => {
      const held = values.get(spec.name);
      const value: FlagValue | undefined = held?.type === undefined ? undefined : held.value;
      return [spec.name, meant(spec, value, env)];
    }),
  );
}

function meant(
  { type, default: preset, env: variable, soft }: FlagSpec,
  value: FlagValue | undefined,
  env: Environment,
): FlagValue | undefined {
  if (type === 'bool') return value === true;
  if (type === 'string') return typeof value === 'string' ? value : '';
  if (type === 'int') return value === 0 && (preset === undefined || soft === true) ? undefined : (value ?? preset);
  const list = typeof value === 'object' ? value : [];
  const fromEnvironment = variable === undefined ? undefined : env[variable];
  const isDefault = list.join('\0') === (Array.isArray(preset) ? preset : []).join('\0');
  if (!isDefault || fromEnvironment === undefined || fromEnvironment === '') return list;
  return listIn(fromEnvironment);
}

type Environment = Readonly<Record<string, string | undefined>>;
