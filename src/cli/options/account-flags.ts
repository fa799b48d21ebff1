import type { FlagSpec } from '../../base/flags.js';
import { driverNames, loadDriverModule } from '../../machine/access/driver-registry.js';

/** The driver of whose flags a word may be one: `--amazonec2-access-key=x` is of amazonec2. */
export function driverOfFlag(word: string): string | undefined {
  const [, bare = ''] = /^--?([a-z0-9-]+)(=|$)/.exec(word) ?? [];
  return driverNames().find((name) => bare.startsWith(`${name}-`));
}

/**
 * The flags that say as whom a driver asks its provider. Every command takes them, before or after its name. Only the drivers are looked at
 * that the words name, so that other command lines load none.
 */
export async function accountFlags(words: readonly string[]): Promise<readonly FlagSpec[]> {
  const end = words.indexOf('--');
  const named = new Set((end < 0 ? words : words.slice(0, end)).flatMap((word) => driverOfFlag(word) ?? []));
  const drivers = await Promise.all([...named].map((name) => loadDriverModule(name)));
  return drivers.flatMap(({ flags }) => flags.filter(({ secret, anywhere }) => secret === true || anywhere === true));
}
