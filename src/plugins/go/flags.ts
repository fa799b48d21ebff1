import { TsmachineError } from '../../base/errors.js';
import { secretFlag, type FlagSpec, type FlagValues } from '../../base/flags.js';
import { int, bool, string } from '../../go-rpc/gob/basic.js';
import { map, slice, struct } from '../../go-rpc/gob/composite.js';
import { interfaceOf, type Held } from '../../go-rpc/gob/interface.js';
import type { Of } from '../../go-rpc/gob/schema.js';

const strings = slice(string, '[]string');
const described = { Name: string, Usage: string, EnvVar: string } as const;

const flagTypes = {
  '*mcnflag.StringFlag': struct('StringFlag', { ...described, Value: string }),
  '*mcnflag.StringSliceFlag': struct('StringSliceFlag', { ...described, Value: strings }),
  '*mcnflag.IntFlag': struct('IntFlag', { ...described, Value: int }),
  '*mcnflag.BoolFlag': struct('BoolFlag', described),
} as const;

const valueTypes = { string, int, bool, '[]string': strings } as const;

/** What `GetCreateFlags` answers: `[]mcnflag.Flag`. */
export const createFlags = slice(interfaceOf(flagTypes));

const rpcFlags = struct('RPCFlags', { Values: map(string, interfaceOf(valueTypes), 'map[string]interface {}') });

/** What `SetConfigFromFlags` takes: a `drivers.DriverOptions`. */
export const driverOptions = interfaceOf({ '*rpcdriver.RPCFlags': rpcFlags });

const flagName = /^[A-Za-z0-9][\w.-]*$/;

/**
 * The flags of a plugin as ours. None of its flags says that its value is a secret, so that is guessed by its name.
 * @throws TsmachineError DRIVER_FAILED for what cannot be a flag
 */
export function flagSpecs(answer: Of<typeof createFlags>): FlagSpec[] {
  return answer.map((flag, i) => {
    if (flag?.type === undefined)
      throw new TsmachineError('DRIVER_FAILED', `describes flag ${i + 1} as ${flag ? `a ${flag.name}` : 'nothing'}, which is none`);
    const { Name: name, Usage: usage, EnvVar: env } = flag.value;
    if (!flagName.test(name)) throw new TsmachineError('DRIVER_FAILED', `has a flag with the name ${JSON.stringify(name.slice(0, 100))}`);
    return {
      name,
      usage: oneLine(usage),
      ...(/^\w+$/.test(env) ? { env } : {}),
      ...(secretFlag.test(name) ? { secret: true } : {}),
      ...typeAndDefault(flag),
    };
  });
}

type Described = Exclude<Held<typeof flagTypes>, null | { type: undefined }>;

function typeAndDefault({ type, value }: Described): Pick<FlagSpec, 'type' | 'default'> {
  if (type === '*mcnflag.BoolFlag') return { type: 'bool' };
  if (type === '*mcnflag.IntFlag') return { type: 'int', default: value.Value };
  return type === '*mcnflag.StringFlag' ? { type: 'string', default: value.Value } : { type: 'strings', default: value.Value };
}

function oneLine(text: string): string {
  return text.replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
}

/** The values of flags as `SetConfigFromFlags` takes them. */
export function flagsToSend(values: FlagValues): Of<typeof driverOptions> {
  const all = Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, held(value)] as const]));
  return { type: '*rpcdriver.RPCFlags', value: { Values: new Map(all) } };
}

function held(value: NonNullable<FlagValues[string]>): Held<typeof valueTypes> {
  if (typeof value === 'string') return { type: 'string', value };
  if (typeof value === 'number') return { type: 'int', value };
  return typeof value === 'boolean' ? { type: 'bool', value } : { type: '[]string', value };
}
