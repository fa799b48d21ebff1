import { TsmachineError } from '../../base/errors.js';
import type { Digest } from './types.js';

/** Names of the folders that a web server lists, without the slash at the end. */
export function listedFolders(html: string): string[] {
  return [...html.matchAll(/href="(?:\.\/)?([\w.+-]+)\/"/g)].map(([, name]) => name ?? '');
}

/** The newest folder, comparing number by number: `release-20260911.1` after `release-20260911`, `26.04` after `9.10`. */
export function newestFolder(html: string, pattern: RegExp): string | undefined {
  return listedFolders(html)
    .filter((name) => pattern.test(name))
    .sort(byNumbers)
    .at(-1);
}

function byNumbers(a: string, b: string): number {
  const [left, right] = [a, b].map((name) => (name.match(/\d+/g) ?? []).map(Number));
  for (let i = 0; i < Math.max(left?.length ?? 0, right?.length ?? 0); i++) {
    const difference = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const digits = { sha256: 64, sha512: 128 };

/**
 * Parses a list of checksums as sha256sum and sha512sum write it: `DIGEST  NAME` or `DIGEST *NAME`.
 * @throws TsmachineError DOWNLOAD when no line has that form, as with the page of a captive portal
 */
export function listedDigests(text: string, algorithm: Digest['algorithm'], url: string): Map<string, Digest> {
  const line = new RegExp(`^([0-9a-fA-F]{${digits[algorithm]}})[ \\t]+\\*?(\\S+)\\s*$`, 'gm');
  const found = new Map<string, Digest>();
  for (const [, value = '', name = ''] of text.matchAll(line)) found.set(name, { algorithm, value: value.toLowerCase() });
  if (found.size > 0) return found;
  throw new TsmachineError('DOWNLOAD', `${url} is not a list of ${algorithm} checksums`, {
    hint: 'A proxy or a login page may have answered instead',
  });
}
