import type { FlagSpec, FlagValue } from '../../../contract.js';

type Options = Partial<Pick<FlagSpec, 'default' | 'soft' | 'oldDefault' | 'anywhere' | 'env' | 'example' | 'file' | 'values' | 'secret'>>;

/** Makes a driver's flags, one line for each. */
export interface FlagSpecs {
  readonly text: (name: string, usage: string, options?: Options) => FlagSpec;
  readonly list: (name: string, usage: string, options?: Options) => FlagSpec;
  readonly bool: (name: string, usage: string, options?: Options) => FlagSpec;
  readonly int: (name: string, usage: string, otherwise: number, options?: Options) => FlagSpec;
}

/** @param prefix of every name, `amazonec2-` */
export function flagSpecs(prefix: string): FlagSpecs {
  const flag = (type: FlagSpec['type'], name: string, usage: string, otherwise: FlagValue | undefined, options: Options): FlagSpec => ({
    name: `${prefix}${name}`,
    type,
    usage,
    ...(otherwise === undefined ? {} : { default: otherwise }),
    ...options,
  });
  return {
    text: (name, usage, options = {}) => flag('string', name, usage, '', options),
    list: (name, usage, options = {}) => flag('strings', name, usage, undefined, options),
    bool: (name, usage, options = {}) => flag('bool', name, usage, false, options),
    int: (name, usage, otherwise, options = {}) => flag('int', name, usage, otherwise, options),
  };
}
