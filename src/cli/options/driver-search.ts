import type { Surroundings } from '../../machine/session.js';

/**
 * Where drivers are looked for, found before the command line is parsed, because its flags depend on the driver: the last
 * `--storage-path`, `-s` and `--driver-path` count, as for the parser.
 */
export function driverSearch(words: readonly string[], env: NodeJS.ProcessEnv): Surroundings {
  const end = words.indexOf('--');
  const own = end < 0 ? words : words.slice(0, end);
  return { env, storePath: last(own, /^(-s|--?storage-path)(=|$)/), driverPath: last(own, /^--?driver-path(=|$)/) };
}

/** Of the words before a command, those that say where drivers are, as they may stand after it too. */
export function searchWords(words: readonly string[]): string[] {
  const { storePath, driverPath } = driverSearch(words, {});
  return [
    storePath === undefined ? [] : `--storage-path=${storePath}`,
    driverPath === undefined ? [] : `--driver-path=${driverPath}`,
  ].flat();
}

function last(words: readonly string[], flag: RegExp): string | undefined {
  const at = words.findLastIndex((word) => flag.test(word));
  const word = words[at] ?? '';
  return (word.includes('=') ? word.slice(word.indexOf('=') + 1) : at < 0 ? undefined : words[at + 1]) || undefined;
}
