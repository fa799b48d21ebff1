import assert from 'node:assert/strict';

import { atEveryCall, cutAtWrite, outcome } from './create.js';
import { onStage } from './stage.js';
import type { Rule } from './world.js';

export const removeIsIdempotent: Rule = {
  name: 'remove may be repeated, and called before create',
  check: (subject) =>
    onStage(subject, async (stage) => {
      const machine = await stage.machine();
      const before = await stage.inventory();
      await stage.remove(machine);
      assert.deepEqual(await stage.inventory(), before, 'after a remove before create');
      await stage.create(machine);
      await stage.remove(machine);
      await stage.remove(machine);
    }),
};

export const removeLeavesNothing: Rule = {
  name: 'remove leaves nothing, in the world or in the ledger',
  check: (subject) =>
    onStage(subject, async (stage) => {
      const machine = await stage.machine();
      const before = await stage.inventory();
      await stage.create(machine);
      await stage.remove(machine);
      assert.deepEqual(await stage.inventory(), before);
      assert.deepEqual(machine.memory.entries, [], 'the ledger');
    }),
};

export const removeTakesHalfMachines: Rule = {
  name: 'remove leaves nothing of half a machine',
  async check(subject) {
    for (let write = 0; ; write += subject.options.stride ?? 1) {
      const wasCut = await onStage(subject, async (stage) => {
        const machine = await stage.machine();
        const before = await stage.inventory();
        const cut = await cutAtWrite(stage, machine, write);
        if (!cut) return false;
        await stage.remove(machine);
        assert.deepEqual(await stage.inventory(), before, `create killed after write ${write + 1} (${cut}), then removed`);
        return true;
      });
      if (!wasCut) break;
    }
    await atEveryCall(subject, async (stage, machine, before, what) => {
      const failure = await outcome(stage.remove(machine));
      assert.equal(failure, undefined, `${what}: remove failed`);
      assert.deepEqual(await stage.inventory(), before, `${what}, then removed`);
      assert.deepEqual(machine.memory.entries, [], `${what}, then removed: the ledger`);
    });
  },
};

export const removeGoesOn: Rule = {
  name: 'remove goes on after every call that failed and every answer that was lost',
  async check(subject) {
    for (const fate of ['refused', 'unheard'] as const) {
      for (let call = 0; ; call += subject.options.stride ?? 1) {
        const wasReached = await onStage(subject, async (stage) => {
          const machine = await stage.machine();
          const before = await stage.inventory();
          await stage.create(machine);
          stage.calls = 0;
          stage.fate = (index) => (index === call ? fate : 'obeyed');
          await outcome(stage.remove(machine));
          if (stage.calls <= call) return false;
          stage.restart();
          await stage.remove(machine);
          assert.deepEqual(await stage.inventory(), before, `call ${call + 1} of remove ${fate}, then removed again`);
          return true;
        });
        if (!wasReached) break;
      }
    }
  },
};

export const foreignIsUntouched: Rule = {
  name: 'nothing foreign is touched',
  check: (subject) =>
    onStage(subject, async (stage) => {
      const foreign = await stage.inventory();
      const other = await stage.machine('other', stage.otherStore);
      await stage.create(other);
      const before = await stage.inventory();
      const look = await stage.driver.look(other.memory.data, other.ctx());
      const machine = await stage.machine();
      await stage.create(machine);
      const now = await stage.inventory();
      assert.deepEqual(
        foreign.filter((line) => !now.includes(line)),
        [],
        'gone after create',
      );
      await stage.remove(machine);
      assert.deepEqual(await stage.inventory(), before, 'after create and remove of another machine');
      assert.deepEqual(await stage.driver.look(other.memory.data, other.ctx()), look, 'the machine of another store');
    }),
};
