import { TsmachineError, messageOf } from '../../../base/errors.js';
import { run, say } from '../../../base/text.js';
import { parseJson } from '../../../base/json.js';
import type { Settings } from './merge.js';

/**
 * Parses daemon.json. A missing or empty file counts as no settings, as it does for dockerd.
 * @throws TsmachineError ENGINE_CONFIG when it is not a JSON object
 */
export function parseSettings(text: string | undefined, path: string, machine: string): Settings {
  const trimmed = (text ?? '').replace(/^\uFEFF/, '').trim();
  if (trimmed === '') return {};
  const hint = say`Correct the file, then run the command again: ${run('ssh', machine, 'sudo', 'vi', path)}`;
  let value: unknown;
  try {
    value = parseJson(trimmed);
  } catch (cause) {
    const reason = messageOf(cause);
    throw new TsmachineError('ENGINE_CONFIG', say`${path} on ${machine} is not valid JSON: ${reason}. Nothing was changed`, {
      cause,
      hint,
    });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Settings;
  throw new TsmachineError('ENGINE_CONFIG', `${path} on ${machine} does not contain a JSON object. Nothing was changed`, { hint });
}

export function renderSettings(settings: Settings): string {
  return `${JSON.stringify(settings, null, 2)}\n`;
}
