import { isIP } from 'node:net';
import { isAbsolute, resolve, sep } from 'node:path';

import { TsmachineError } from '../../base/errors.js';
import { isDnsName, isLoginName, isSshHost } from '../../base/forms.js';
import type { DriverData } from '../contract.js';

/** What is wrong with a field's value, as the end of a sentence that begins with its name; undefined when nothing is. */
export type Rule = (value: unknown) => string | undefined;

/**
 * Refuses driver data whose fields are not what the driver writes. Fields that are missing are as in data of an older version, and fields
 * without a rule are somebody else's: both pass.
 * @throws TsmachineError CONFIG_UNREADABLE naming the field, never its value, which may be a secret
 */
export function checkFields(data: DriverData, rules: Readonly<Record<string, Rule>>): void {
  for (const [field, rule] of Object.entries(rules)) {
    if (!Object.hasOwn(data, field)) continue;
    const fault = rule(data[field]);
    if (fault !== undefined) throw new TsmachineError('CONFIG_UNREADABLE', `Driver.${field} ${fault}`);
  }
}

const control = /[\u0000-\u001f\u007f-\u009f]/;

/** Any text of one line. */
export const text: Rule = (value) =>
  typeof value !== 'string'
    ? 'is not a text'
    : control.test(value)
      ? 'has a control character'
      : value.length > 4096
        ? 'is too long'
        : undefined;

export const flag: Rule = (value) => (typeof value === 'boolean' ? undefined : 'is not true or false');

/** A whole number within the bounds. */
export function number(min: number, max: number): Rule {
  return (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
      ? undefined
      : `is not a whole number from ${min} to ${max}`;
}

/** A port; 0 stands for none yet. */
export const port = number(0, 65_535);

export function oneOf(words: readonly string[]): Rule {
  return (value) => (typeof value === 'string' && words.includes(value) ? undefined : `is none of ${words.join(', ')}`);
}

/** Empty, or what another rule takes. */
export function optional(rule: Rule): Rule {
  return (value) => (value === '' ? undefined : rule(value));
}

export function listOf(rule: Rule): Rule {
  return (value) =>
    Array.isArray(value) ? value.map(rule).find((fault) => fault !== undefined) : value === null ? undefined : 'is not a list';
}

function matching(pattern: RegExp, what: string): Rule {
  return (value) => text(value) ?? (pattern.test(value as string) ? undefined : `is not ${what}`);
}

/** A login: nothing that a program takes for an option or a part of an address. */
export const sshUser: Rule = (value) => text(value) ?? (isLoginName(value as string) ? undefined : 'is not the name of a user');

/** An id or a name that becomes a part of paths and command lines. */
export const id = matching(/^(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_.:-]*$/, 'an id');

/** An IP address or a DNS name. */
export const host: Rule = (value) =>
  text(value) ?? (isIP(value as string) !== 0 || isDnsName(value as string) ? undefined : 'is neither an IP address nor a DNS name');

/** What ssh connects to: an address, a DNS name or a name of the user's ssh configuration. */
export const sshHost: Rule = (value) => text(value) ?? (isSshHost(value as string) ? undefined : 'is not the name of a host');

/** A file or folder somewhere on this computer. */
export const path: Rule = (value) => text(value) ?? (isAbsolute(value as string) ? undefined : 'is not an absolute path');

/** A file in the machine's own folder. */
export function inside(folder: string): Rule {
  return (value) =>
    path(value) ?? (resolve(value as string).startsWith(resolve(folder) + sep) ? undefined : "lies outside the machine's folder");
}

/** The fields that every driver's data has. */
export const baseRules: Readonly<Record<string, Rule>> = {
  IPAddress: optional(host),
  MachineName: text,
  SSHUser: optional(sshUser),
  SSHPort: port,
  SSHKeyPath: optional(path),
  StorePath: text,
  SwarmMaster: flag,
  SwarmHost: text,
  SwarmDiscovery: text,
};
