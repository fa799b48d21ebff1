import assert from 'node:assert/strict';

import type { Driver, Leftover } from '../../contract.js';
import { onStage, type Actor, type Stage } from './stage.js';
import type { Rule } from './world.js';

const applies = (driver: Driver): boolean => driver.leftovers !== undefined || driver.discard !== undefined;

export const leftoversListMachines: Rule = {
  name: 'leftovers lists what create made, whose it is, and nothing foreign',
  applies,
  check: (subject) =>
    onStage(subject, async (stage) => {
      assert.deepEqual(await list(stage), [], 'before anything was made');
      const machine = await stage.machine();
      const other = await stage.machine('other', stage.otherStore);
      await stage.create(machine);
      await stage.create(other);
      const found = await list(stage);
      for (const one of [machine, other])
        assert.ok(
          found.some((leftover) => isOf(leftover, one)),
          `${one.name} is not listed`,
        );
      await stage.remove(machine);
      await stage.remove(other);
      assert.deepEqual(await list(stage), [], 'after everything was removed');
    }),
};

export const discardIsIdempotent: Rule = {
  name: 'discard may be repeated, leaves nothing of what was left over, and spares the rest',
  applies,
  check: (subject) =>
    onStage(subject, async (stage) => {
      const other = await stage.machine('other', stage.otherStore);
      await stage.create(other);
      const before = await stage.inventory();
      const machine = await stage.machine();
      await stage.create(machine);
      await stage.world.files.remove(machine.machineDir).catch(() => undefined); // as far as it can be deleted by hand
      // its whole store is gone: what the store's machines shared as well
      const ours = (await list(stage)).filter((leftover) => isOf(leftover, machine) || leftover.owner?.store === stage.store);
      for (let time = 0; time < 2; time += 1) for (const leftover of ours) await stage.driver.discard?.(leftover, stage.account());
      assert.deepEqual(await stage.inventory(), before);
      const { state } = await stage.driver.look(other.memory.data, other.ctx());
      assert.equal(state, 'Running', 'the machine of another store');
    }),
};

async function list(stage: Stage): Promise<readonly Leftover[]> {
  return (await stage.driver.leftovers?.(stage.account())) ?? [];
}

function isOf({ owner, path }: Leftover, { memory, machineDir }: Actor): boolean {
  return owner?.machine === memory.owner.machine || path === machineDir;
}
