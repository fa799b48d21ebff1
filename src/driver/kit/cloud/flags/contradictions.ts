import { TsmachineError } from '../../../../base/errors.js';
import type { Text } from '../../../../base/text.js';
import type { FlagReader } from './values.js';

/** A flag that says nothing, or the wrong thing, without another one. Names are without the prefix. */
export interface Need {
  readonly flag: string;
  /** For one value alone. */
  readonly value?: string;
  readonly needs: string;
  readonly why?: Text;
}

/** Two flags of which one excludes the other. */
export interface Clash {
  readonly flags: readonly [string, string];
  readonly why: string;
}

/** @throws TsmachineError FLAG_MISSING, FLAG_INVALID for the first of these that the flags are at odds with */
export function refuseContradictions(given: FlagReader, needs: readonly Need[], clashes: readonly Clash[]): void {
  for (const { flag, value, needs: needed, why } of needs) {
    const isMeant = value === undefined ? given.says(flag) : given.text(flag) === value;
    if (!isMeant || given.says(needed)) continue;
    const means = value === undefined ? '' : ` ${value}`;
    throw new TsmachineError('FLAG_MISSING', `using ${given.nameOf(flag)}${means} also requires ${given.nameOf(needed)}`, { hint: why });
  }
  for (const { flags: pair, why } of clashes) {
    if (!pair.every((flag) => given.says(flag))) continue;
    const [one, other] = pair.map((flag) => given.nameOf(flag));
    throw new TsmachineError('FLAG_INVALID', `${one} and ${other} exclude each other: ${why}`);
  }
}
