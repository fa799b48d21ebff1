import { isDeepStrictEqual } from 'node:util';

import type { Settings } from './merge.js';
import { jsonOrNothing } from '../../../base/json.js';

const mark = '# tsmachine-settings: ';

/**
 * A comment that records what we set in daemon.json. It is kept in a file that only we write, so that the next provisioning can tell
 * our settings from the user's and remove those that are no longer wanted.
 */
export function recordLine(settings: Settings): string {
  return mark + JSON.stringify(settings);
}

/** Reads the record in a text; empty when there is none or it is damaged. */
export function readRecord(text: string | undefined): Settings {
  const line = text?.split('\n').find((candidate) => candidate.startsWith(mark));
  if (line === undefined) return {};
  const value = jsonOrNothing(line.slice(mark.length));
  // an unreadable record only means that no setting is removed
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Settings) : {};
}

/** The wanted settings that the user did not have already: only these may be removed later. */
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
