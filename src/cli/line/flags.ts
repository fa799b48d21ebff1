import * as Flags from '@oclif/core/flags';
import type { Interfaces } from '@oclif/core';

import { TsmachineError } from '../../base/errors.js';

export type FlagInput = Interfaces.FlagInput;

/** All the values that a flag may have, where they are known. */
export function valuesOf(flag: FlagInput[string]): readonly string[] | undefined {
  if (flag.type !== 'option') return undefined;
  return flag.options ?? (Array.isArray(flag.helpValue) ? flag.helpValue : undefined);
}

/** A flag that takes whole seconds, such as `ls --timeout`. */
export const seconds = Flags.custom<number>({
  parse: (text) => {
    if (!/^\d{1,6}$/.test(text)) throw new TsmachineError('FLAG_INVALID', `expected a number of seconds, not ${JSON.stringify(text)}`);
    return Promise.resolve(Number(text));
  },
});

/** The flag of every command whose result a script may read. */
export const jsonFlag = { json: Flags.boolean({ description: 'Print the result, or the error, as JSON' }) };

/** The flag of commands that read or write an encrypted file. */
export const passphraseFlag = {
  'passphrase-file': Flags.string({ description: 'File with the passphrase on its first line [$TSMACHINE_PASSPHRASE]' }),
};
