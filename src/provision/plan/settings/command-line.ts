import { addSetting, configKey, parseFlags, type Flag } from './engine-flags.js';
import type { Settings } from './merge.js';
import { splitWords, type Word } from './words.js';

export interface FreedCommandLine {
  /** The words that stay on the command line, as written. */
  readonly words: readonly string[];
  /** Flags that became settings. */
  readonly moved: Settings;
}

/**
 * Removes from a command line the flags whose keys will be in daemon.json: dockerd refuses to start when a setting
 * is "specified both as a flag and in the configuration file" (moby#25471). Everything else stays as written.
 * A reference such as `$DOCKER_OPTS` is replaced by its words only if one of them has to be removed.
 * @param word how a literal word is quoted in the target file
 */
export function freeCommandLine(
  args: readonly Word[],
  keys: ReadonlySet<string>,
  variables: ReadonlyMap<string, string>,
  word: (text: string) => string,
): FreedCommandLine {
  const moved: Settings = {};
  const move = (flag: Flag) => {
    const key = configKey(flag.name);
    return key !== undefined && keys.has(key) && addSetting(moved, flag.name, flag.value);
  };
  const words = parseFlags(args).flatMap((flag): string[] => {
    if (move(flag)) return [];
    const expanded = expand(flag, variables);
    if (!expanded?.some((inner) => keys.has(configKey(inner.name) ?? ''))) return flag.words.map((item) => item.raw);
    return expanded.filter((inner) => !move(inner)).flatMap((inner) => inner.words.map((item) => word(item.value)));
  });
  return { words, moved };
}

function expand(flag: Flag, variables: ReadonlyMap<string, string>): Flag[] | undefined {
  const name = /^\$\{?([A-Za-z_]\w*)\}?$/.exec(flag.name === '' ? flag.value : '')?.[1];
  const value = name === undefined ? undefined : variables.get(name);
  return value === undefined ? undefined : parseFlags(splitWords(value));
}
