import { sampleSeed } from '../helpers/chance.js';

/** How much of the suite runs: `npm test` takes a sample, `npm run test:faults` everything, with another seed each time. */
export const isWhole = process.env['TSMACHINE_FAULTS'] === 'all';
export const seed = isWhole && process.env['TSMACHINE_SEED'] === undefined ? Date.now() % 100_000 : sampleSeed;

/** `count` of the items, spread over them by chance, in their order. */
export function some<T>(items: readonly T[], count: number, chance: () => number): T[] {
  if (count >= items.length) return [...items];
  return Array.from({ length: count }, (_, i) => {
    const from = Math.floor((i * items.length) / count);
    const to = Math.floor(((i + 1) * items.length) / count);
    const item = items[from + Math.floor(chance() * (to - from))];
    if (item === undefined) throw new RangeError('no item');
    return item;
  });
}
