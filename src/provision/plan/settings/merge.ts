import { isDeepStrictEqual } from 'node:util';

import type { Json } from './engine-flags.js';

export type Settings = Record<string, Json>;

/**
 * Three-way merge of daemon.json: the user's settings stay, settings of ours that are no longer wanted are removed, wanted ones are added.
 * Lists are united, maps merged by key, all other values replaced.
 * @param present the file as it is @param previous what we set there last time @param wanted what we want there now
 */
export function mergeSettings(present: Settings, previous: Settings, wanted: Settings): Settings {
  const merged: Settings = {};
  for (const [key, value] of Object.entries(present)) {
    const kept = without(value, previous[key], wanted[key]);
    if (kept !== undefined) merged[key] = kept;
  }
  for (const [key, value] of Object.entries(wanted)) merged[key] = joined(key, merged[key], value);
  return merged;
}

function without(value: Json, previous: Json | undefined, wanted: Json | undefined): Json | undefined {
  if (previous === undefined || isDeepStrictEqual(previous, wanted)) return value;
  if (Array.isArray(value) && Array.isArray(previous)) {
    const left = value.filter((item) => !previous.some((old) => isDeepStrictEqual(old, item)));
    return left.length > 0 || wanted !== undefined ? left : undefined;
  }
  if (isMap(value) && isMap(previous)) {
    const left = Object.fromEntries(Object.entries(value).filter(([name, item]) => !isDeepStrictEqual(previous[name], item)));
    return Object.keys(left).length > 0 || wanted !== undefined ? left : undefined;
  }
  return isDeepStrictEqual(value, previous) ? undefined : value;
}

function joined(key: string, present: Json | undefined, wanted: Json): Json {
  if (Array.isArray(present) && Array.isArray(wanted)) {
    const kept = present.filter((item) => !displaced(key, item, wanted));
    return [...kept, ...wanted.filter((item) => !kept.some((other) => isDeepStrictEqual(other, item)))];
  }
  if (isMap(present) && isMap(wanted)) return { ...present, ...wanted };
  return wanted;
}

/** dockerd refuses two labels with one key and two listeners on one port: the wanted one replaces the other. */
function displaced(key: string, item: Json, wanted: readonly Json[]): boolean {
  if (typeof item !== 'string' || wanted.includes(item)) return false;
  const same = key === 'labels' ? labelKey : key === 'hosts' ? listenPort : undefined;
  const own = same?.(item);
  return own !== undefined && wanted.some((other) => typeof other === 'string' && same?.(other) === own);
}

function labelKey(label: string): string {
  return label.split('=')[0] ?? label;
}

function listenPort(host: string): string | undefined {
  return /^tcp:\/\/.*:(\d+)$/.exec(host)?.[1];
}

function isMap(value: Json | undefined): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
