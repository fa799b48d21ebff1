import type { FlagSpec } from '../../driver/contract.js';
import { isObject } from './package.js';

const functions = ['parse', 'check', 'precheck', 'create', 'look', 'start', 'stop', 'kill', 'remove', 'close'];
const optional = [
  ['where', 'lookAll', 'restart', 'console', 'place', 'account', 'openPorts', 'access', 'allow', 'leftovers', 'credentials', 'discard'],
  ['claim', 'images', 'upgradeImage'],
].flat();
const features = ['provision', 'powerControl', 'ownsHost', 'hostKeyKnown'];
const types: Readonly<Record<FlagSpec['type'], (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  int: (value) => Number.isInteger(value),
  bool: (value) => typeof value === 'boolean',
  strings: (value) => Array.isArray(value) && value.every((one) => typeof one === 'string'),
};

/** What is wrong with an open driver: functions that it lacks. Pure. */
export function driverFaults(driver: unknown): string[] {
  if (!isObject(driver)) return ['open() returns no driver'];
  const lacking = functions.filter((name) => typeof driver[name] !== 'function').map((name) => `its driver has no function ${name}`);
  const odd = optional.filter((name) => driver[name] !== undefined && typeof driver[name] !== 'function');
  const alone = driver['allow'] !== undefined && driver['access'] === undefined ? ['its driver has allow without access'] : [];
  return [...lacking, ...odd.map((name) => `${name} of its driver is no function`), ...alone];
}

/** What is wrong with what a driver says of itself. Pure. @param driver its name, with which its flags begin */
export function descriptionFaults(driver: string, description: unknown): string[] {
  if (!isObject(description)) return ['describe() returns no description'];
  const { flags, features: has } = description;
  if (!Array.isArray(flags)) return ['describe() returns no list of flags'];
  if (!isObject(has)) return ['describe() returns no features'];
  const missing = features.filter((name) => typeof has[name] !== 'boolean').map((name) => `its feature ${name} is neither true nor false`);
  const names = flags.map((flag: unknown) => (isObject(flag) ? flag['name'] : undefined));
  const twice = names.filter((name, at) => names.indexOf(name) < at).map((name) => `it has two flags --${String(name)}`);
  return [...missing, ...twice, ...flags.flatMap((flag: unknown) => flagFaults(driver, flag))];
}

function flagFaults(driver: string, flag: unknown): string[] {
  if (!isObject(flag) || typeof flag['name'] !== 'string') return ['it has a flag without a name'];
  const { name, type, usage, env, default: usual, secret } = flag;
  const fault = (why: string) => `its flag --${name} ${why}`;
  const fits = typeof type === 'string' && Object.hasOwn(types, type) ? types[type as FlagSpec['type']] : undefined;
  return [
    ...(name.startsWith(`${driver}-`) && /^[a-z0-9-]+$/.test(name)
      ? []
      : [fault(`does not begin with --${driver}-, or has other characters`)]),
    ...(typeof usage === 'string' && usage !== '' ? [] : [fault('says nothing about itself (usage)')]),
    ...(fits ? [] : [fault('has no type: string, int, bool or strings')]),
    ...(fits && usual !== undefined && !fits(usual) ? [fault(`has a default that is no ${String(type)}`)] : []),
    ...(env === undefined || (typeof env === 'string' && /^[A-Z][A-Z0-9_]*$/.test(env))
      ? []
      : [fault('has a variable (env) in other characters')]),
    ...(secret === true && env === undefined ? [fault('is secret, but has no variable (env)')] : []),
    ...(secret === true && usual !== undefined ? [fault('is secret, but has a default')] : []),
  ];
}
