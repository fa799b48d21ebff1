import * as Flags from '@oclif/core/flags';
import type { Interfaces } from '@oclif/core';

import { TsmachineError } from '../../base/errors.js';

export type FlagInput = Interfaces.FlagInput;

/** Whole seconds, as `ls --timeout` takes them. */
export const seconds = Flags.custom<number>({
  parse: (text) => {
    if (!/^\d{1,6}$/.test(text)) throw new TsmachineError('FLAG_INVALID', `expected a number of seconds, not ${JSON.stringify(text)}`);
    return Promise.resolve(Number(text));
  },
});

/** On every command whose result a script may read. */
export const jsonFlag = { json: Flags.boolean({ description: 'Print the result, or the error, as JSON' }) };

/** Of exports that are encrypted. */
export const passphraseFlag = {
  'passphrase-file': Flags.string({ description: 'File whose first line is the passphrase [$TSMACHINE_PASSPHRASE]' }),
};
