/**
 * `npm run fuzz [-- --seed N] [--count N] [--target NAME] [--from N]`: README.md. Ends with 1 when there are faults.
 */
import { parseArgs } from 'node:util';

import { fuzz } from './fuzz.js';

const number = { type: 'string' } as const;
const { values } = parseArgs({ options: { seed: number, count: number, target: { type: 'string' }, from: number } });
const whole = (text: string | undefined, otherwise: number) => {
  const found = text === undefined ? otherwise : Number(text.replaceAll('_', ''));
  if (Number.isInteger(found) && found >= 0) return found;
  throw new RangeError(`"${text ?? ''}" is not a whole number`);
};

const faults = await fuzz({
  seed: whole(values.seed, Date.now() % 1_000_000),
  count: whole(values.count, 100_000),
  target: values.target,
  from: whole(values.from, 0),
  print: (line) => {
    console.log(line);
  },
});
process.exitCode = faults.length === 0 ? 0 : 1;
