import { expect } from 'chai';

import { chanceOf } from '../helpers/chance.js';
import { installed } from '../helpers/installed.js';
import { skip } from '../helpers/skip.js';
import { isWhole, seed, some } from './amount.js';
import { courseOf, runFault, type Course } from './run-fault.js';
import { scenarios } from './scenarios.js';
import { errors, type FileCall } from './strace.js';

/** File calls of each command that fail in `npm test`. */
const sample = 3;

describe('a store whose disk fails', function () {
  this.timeout(30 * 60_000);
  before(function () {
    if (!installed('strace')) skip(this, 'needs strace');
    console.log(`      seed ${seed}`);
  });

  for (const [i, scenario] of scenarios.entries()) {
    describe(scenario.name, () => {
      const chance = chanceOf(seed + i);
      let course: Course;
      let missed = 0;
      let tried = 0;
      before(async () => {
        course = await courseOf(scenario);
      });

      it('loses nothing, says why, and works the next time', async () => {
        const calls = some(course.calls, isWhole ? Infinity : sample, chance);
        for (const call of calls) {
          const error = errors[Math.floor(chance() * errors.length)] ?? 'EIO';
          tried++;
          if (!(await failing(call, error))) missed++;
        }
        console.log(`        ${tried} of ${course.calls.length} calls failed one by one`);
        expect(missed, 'calls that the second run did not make').to.be.at.most(tried / 10);
      });

      async function failing(call: FileCall, error: (typeof errors)[number]): Promise<boolean> {
        try {
          return await runFault(scenario, course, call, error);
        } catch (failure) {
          const { kind, path, nth } = call;
          throw new Error(`${error} at ${kind} ${path} (the ${nth}. time): ${String(failure)}`, { cause: failure });
        }
      }
    });
  }
});
