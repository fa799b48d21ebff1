import { isDeepStrictEqual } from 'node:util';

import type { Settings } from './merge.js';

const mark = '# tsmachine-settings: ';

/**
 * What we set in daemon.json, kept as a comment of the file that only we write, so that the next provisioning can tell
 * our settings from the user's and take back what is no longer asked for.
 */
export function recordLine(settings: Settings): string {
  return mark + JSON.stringify(settings);
}

/** The record in a text; empty where there is none or it was edited into something else. */
export function readRecord(text: string | undefined): Settings {
  const line = text?.split('\n').find((candidate) => candidate.startsWith(mark));
  if (line === undefined) return {};
  try {
    const value: unknown = JSON.parse(line.slice(mark.length));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Settings) : {};
  } catch {
    return {}; // an unreadable record only means that nothing is taken back
  }
}

/** The part of what we want that the user did not have: that alone is ours to take back. */
export function ownPart(wanted: Settings, foreign: Settings): Settings {
  const own: Settings = {};
  for (const [key, value] of Object.entries(wanted)) {
    const theirs = foreign[key];
    if (Array.isArray(value) && Array.isArray(theirs)) {
      own[key] = value.filter((item) => !theirs.some((other) => isDeepStrictEqual(other, item)));
    } else if (!isDeepStrictEqual(value, theirs)) own[key] = value;
  }
  return own;
}
