import { isIP } from 'node:net';

import { networkOf } from '../../../../base/network/ip-network.js';
import type { DriverData } from '../../../contract.js';
import { text, type Rule } from '../../check.js';
import type { Format } from './formats.js';

/** What Docker Machine's fields cannot hold. It lies beside config.json (docs/architecture.md). The driver's `check` has seen it. */
export function ownOf(data: DriverData): DriverData {
  return (data['Own'] ?? {}) as DriverData;
}

/** A change of the data that changes some of our own fields. @param data as it is now */
export function ownPatch<O extends object>(data: DriverData, patch: Partial<O>): { readonly Own: unknown } {
  return { Own: { ...ownOf(data), ...patch } };
}

/** A list of words in driver data, without empty ones; Go writes an empty list as null. */
export function wordsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? (value as unknown[]).filter((word): word is string => typeof word === 'string' && word !== '') : [];
}

/** A rule for `Own`: an object whose fields pass these rules. */
export function ownRule(rules: Readonly<Record<string, Rule>>): Rule {
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'is not an object';
    for (const [field, rule] of Object.entries(rules)) {
      const fault = Object.hasOwn(value, field) ? rule(Reflect.get(value, field)) : undefined;
      if (fault !== undefined) return `has a field ${field} that ${fault}`;
    }
    return undefined;
  };
}

/** A text of a flag's form. */
export function fits({ fits: isRight, form }: Format): Rule {
  return (value) => text(value) ?? (isRight(value as string) ? undefined : `is not ${form}`);
}

/** A network in CIDR form. */
export const network: Rule = (value) =>
  text(value) ?? (isIP(value as string) === 0 && networkOf(value as string) !== undefined ? undefined : 'is not a network');
