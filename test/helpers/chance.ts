/**
 * The seed of the samples that `npm test` takes of long suites. It is the same each time, so that a failure comes from a change and not
 * from chance; TSMACHINE_SEED takes another sample.
 */
export const sampleSeed = Number(process.env['TSMACHINE_SEED'] ?? 1);

/** Numbers from 0 to 1 that a seed repeats (mulberry32). */
export function chanceOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
