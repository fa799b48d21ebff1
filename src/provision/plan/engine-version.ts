/**
 * Whether a version such as `20.10.24+dfsg1` is at least MAJOR.MINOR. An unknown version (empty) is not.
 */
export function isAtLeast(version: string, major: number, minor = 0): boolean {
  const match = /^(\d+)\.(\d+)/.exec(version);
  if (!match) return false;
  const [have, haveMinor] = [Number(match[1]), Number(match[2])];
  return have > major || (have === major && haveMinor >= minor);
}
