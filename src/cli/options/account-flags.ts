import type { FlagSpec } from '../../base/flags.js';
import { allDriverNames, driverNames, loadDriverModule } from '../../machine/access/driver-registry.js';
import type { Surroundings } from '../../machine/session.js';
import { globalFlags } from '../line/globals.js';

/** The built-in driver of whose flags a word may be one: `--amazonec2-access-key=x` is of amazonec2. */
export function driverOfFlag(word: string): string | undefined {
  return ownerOf(word, driverNames());
}

function ownerOf(word: string, names: readonly string[]): string | undefined {
  const bare = bareFlag(word);
  return bare === undefined ? undefined : names.filter((name) => bare.startsWith(`${name}-`)).sort((a, b) => b.length - a.length)[0];
}

/**
 * The flags that say as whom a driver asks its provider. Every command takes them, before or after its name; those of plugins after it
 * alone. Only the drivers are looked at that the words name, so that other command lines load none.
 */
export async function accountFlags(words: readonly string[], search: Surroundings): Promise<readonly FlagSpec[]> {
  const end = words.indexOf('--');
  const own = end < 0 ? words : words.slice(0, end);
  const builtIn = own.flatMap((word) => driverOfFlag(word) ?? []);
  const foreign = own.filter((word) => bareFlag(word)?.includes('-') && driverOfFlag(word) === undefined && !isGlobal(word));
  const plugins = foreign.length === 0 ? [] : await allDriverNames(search);
  const named = new Set([...builtIn, ...foreign.flatMap((word) => ownerOf(word, plugins) ?? [])]);
  const drivers = await Promise.all([...named].map((name) => loadDriverModule(name, search)));
  return drivers.flatMap(({ flags }) => flags.filter(({ secret, anywhere }) => secret === true || anywhere === true));
}

function bareFlag(word: string): string | undefined {
  return /^--?([a-z0-9-]+)(=|$)/.exec(word)?.[1];
}

function isGlobal(word: string): boolean {
  return Object.hasOwn(globalFlags, bareFlag(word) ?? '');
}
