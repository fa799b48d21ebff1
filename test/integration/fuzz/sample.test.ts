import { expect } from 'chai';

import { fuzz } from '../../fuzz/fuzz.js';
import { sampleSeed } from '../../helpers/chance.js';

/** Some seconds of work, and the start of a process for each target; `npm run fuzz` takes more. */
const count = 6000;

describe('a sample of the fuzzing', function () {
  this.timeout(300_000);

  it('finds no fault', async () => {
    const lines: string[] = [];
    const print = (line: string) => {
      lines.push(line);
      console.log(`      ${line}`);
    };
    const faults = await fuzz({ seed: sampleSeed, count, print });
    expect(faults, lines.join('\n')).to.deep.equal([]);
  });
});
