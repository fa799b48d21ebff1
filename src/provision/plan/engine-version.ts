/**
 * Whether a version such as `20.10.24+dfsg1` is at least MAJOR.MINOR. An unknown version (empty) is not.
 */
export function isAtLeast(version: string, major: number, minor = 0): boolean {
  const match = /^(\d+)\.(\d+)/.exec(version);
  if (!match) return false;
  const [have, haveMinor] = [Number(match[1]), Number(match[2])];
  return have > major || (have === major && haveMinor >= minor);
}

/** Whether an engine's version is the one that was asked for: `28.5.2` is `28` and `28.5`, with or without a leading `v`. */
export function isVersion(have: string, wanted: string): boolean {
  const [one, other] = [have, wanted.replace(/^v/, '')];
  return [
    [one, other],
    [other, one],
  ].some(([long = '', short = '']) => short !== '' && long.startsWith(short) && /^([.+~-]|$)/.test(long.slice(short.length)));
}
