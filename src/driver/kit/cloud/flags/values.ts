import { resolve } from 'node:path';

import { TsmachineError } from '../../../../base/errors.js';
import type { FlagValues } from '../../../contract.js';
import { intFlag, listFlag, textFlag } from '../../data.js';
import type { Format } from './formats.js';

/** Reads flags by their names without the driver's prefix. What is not of the form fails with FLAG_INVALID, naming the flag. */
export interface FlagReader {
  /** Empty when it was not given. */
  text(name: string): string;
  /** Without empty words. */
  list(name: string): readonly string[];
  isSet(name: string): boolean;
  /** Whether it has a value at all, typed, from the environment, or as a default. */
  isGiven(name: string): boolean;
  /** Whether its value is other than false, 0, and nothing. */
  says(name: string): boolean;
  /** `--amazonec2-ami` */
  nameOf(name: string): string;
  int(name: string, bounds: { readonly min: number; readonly max: number }): number;
  /** One word of the form, or empty. */
  word(name: string, format: Format): string;
  words(name: string, format: Format): readonly string[];
  /** One of the choices, or empty. */
  chosen(name: string, choices: readonly string[]): string;
  /** Made absolute: an interrupted create may be continued from another folder. */
  path(name: string): string;
  /** The error that `word` throws. */
  invalid(name: string, value: string, form: string): TsmachineError;
}

/** @param prefix of every flag's name, `amazonec2-` */
export function flagReader(flags: FlagValues, prefix: string): FlagReader {
  const text = (name: string): string => textFlag(flags, prefix + name);
  const list = (name: string): readonly string[] => listFlag(flags, prefix + name).filter((one) => one !== '');
  const invalid = (name: string, value: string, form: string) =>
    new TsmachineError('FLAG_INVALID', `--${prefix}${name} must be ${form}, not ${JSON.stringify(value)}`);
  const word = (name: string, format: Format): string => {
    const value = text(name);
    if (value !== '' && !format.fits(value)) throw invalid(name, value, format.form);
    return value;
  };
  return {
    text,
    list,
    isSet: (name) => flags[prefix + name] === true,
    isGiven: (name) => flags[prefix + name] !== undefined,
    says(name) {
      const value = flags[prefix + name];
      return typeof value === 'object' ? value.length > 0 : value !== undefined && value !== false && value !== 0 && value !== '';
    },
    nameOf: (name) => `--${prefix}${name}`,
    int: (name, bounds) => intFlag(flags, prefix + name, bounds),
    word,
    words(name, format) {
      const values = list(name);
      const bad = values.find((value) => !format.fits(value));
      if (bad !== undefined) throw invalid(name, bad, format.form);
      return values;
    },
    chosen: (name, choices) => word(name, { fits: (value) => choices.includes(value), form: `one of ${choices.join(', ')}` }),
    path(name) {
      const path = text(name);
      return path === '' ? '' : resolve(path);
    },
    invalid,
  };
}
