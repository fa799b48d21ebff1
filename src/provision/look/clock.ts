/**
 * Seconds by which the host's clock is ahead of this computer's, at least; negative when it is behind, 0 when it may be right.
 * @param clock whole seconds, read on the host at some time between `started` and `ended` (milliseconds here)
 */
export function clockSkew(clock: number, started: number, ended: number): number {
  const least = clock - ended / 1000;
  const most = clock + 1 - started / 1000;
  if (least > 0) return least;
  return most < 0 ? most : 0;
}
