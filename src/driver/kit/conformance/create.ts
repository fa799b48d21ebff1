import assert from 'node:assert/strict';

import { errorText } from '../../../base/errors.js';
import { onStage, type Actor, type Fate, type Stage } from './stage.js';
import type { Rule, Subject } from './world.js';

/** Bounds what a driver that never ends its waiting can cost. */
const mostCalls = 2000;

export const precheckChangesNothing: Rule = {
  name: 'precheck changes nothing',
  check: (subject) =>
    onStage(subject, async (stage) => {
      const machine = await stage.machine();
      const before = await everything(stage, machine);
      await stage.driver.precheck(machine.memory.data, machine.ctx());
      assert.deepEqual(await everything(stage, machine), before);
    }),
};

export const createSurvivesKill: Rule = {
  name: 'create goes on after every write of its data and of its ledger, and makes no second machine',
  async check(subject) {
    for (let write = 0; write < mostCalls; write += subject.options.stride ?? 1) {
      const wasCut = await onStage(subject, async (stage) => {
        const machine = await stage.machine();
        const before = await stage.inventory();
        const cut = await cutAtWrite(stage, machine, write);
        if (cut) await goesOn(stage, machine, before, `killed after write ${write + 1} (${cut})`);
        return cut !== undefined;
      });
      if (!wasCut) return;
    }
  },
};

export const createSurvivesLostAnswers: Rule = {
  name: 'create goes on after every call that failed and every answer that was lost, and makes no second machine',
  check: (subject) =>
    atEveryCall(subject, async (stage, machine, before, what) => {
      await goesOn(stage, machine, before, what);
    }),
};

export const createIsRepeatable: Rule = {
  name: 'create, repeated, makes nothing again',
  check: (subject) =>
    onStage(subject, async (stage) => {
      const machine = await stage.machine();
      await stage.create(machine);
      const [made, count, ledger] = [await stage.inventory(), await stage.count(), machine.memory.entries];
      await stage.create(machine);
      assert.deepEqual(await stage.inventory(), made);
      assert.equal(await stage.count(), count);
      assert.deepEqual(machine.memory.entries, ledger);
    }),
};

/** Half a machine, made by a create in which one call failed: every such half, each in a world of its own. */
export async function atEveryCall(
  { module, options }: Subject,
  use: (stage: Stage, machine: Actor, before: string[], what: string) => Promise<void>,
): Promise<void> {
  for (const fate of ['refused', 'unheard'] as const) {
    for (let call = 0; call < mostCalls; call += options.stride ?? 1) {
      const wasReached = await onStage({ module, options }, async (stage) => {
        const machine = await stage.machine();
        const before = await stage.inventory();
        stage.calls = 0;
        stage.fate = (index): Fate => (index === call ? fate : 'obeyed');
        const failure = await outcome(stage.create(machine));
        if (stage.calls <= call) return false;
        stage.restart();
        await use(stage, machine, before, `call ${call + 1} ${fate}${failure === undefined ? '' : ` (${failure})`}`);
        return true;
      });
      if (!wasReached) break;
    }
  }
}

/** @returns what was written last; undefined when there were fewer writes */
export async function cutAtWrite(stage: Stage, machine: Actor, write: number): Promise<string | undefined> {
  let writes = 0;
  let last: string | undefined;
  machine.memory.onWrite = (what) => {
    if (writes === write) {
      last = what;
      stage.kill();
    }
    writes += 1;
  };
  const failure = await outcome(stage.create(machine));
  stage.restart();
  if (last !== undefined) assert.notEqual(failure, undefined, 'create went on although its data could not be written');
  return last;
}

async function goesOn(stage: Stage, machine: Actor, before: readonly string[], what: string): Promise<void> {
  const failure = await outcome(stage.create(machine));
  assert.equal(failure, undefined, `${what}: the next create failed`);
  const count = await stage.count();
  if (count !== undefined) assert.equal(count, 1, `${what}: machines in the world after the next create`);
  const { state } = await stage.driver.look(machine.memory.data, machine.ctx());
  if (stage.description.features.powerControl) assert.equal(state, 'Running', `${what}: state after the next create`);
  await stage.remove(machine);
  assert.deepEqual(await stage.inventory(), before, `${what}: what is left after create and remove`);
}

/** The text of a failure; undefined for a success. */
export async function outcome(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return errorText(error);
  }
}

async function everything(stage: Stage, { memory }: Actor): Promise<unknown> {
  return structuredClone({
    inventory: await stage.inventory(),
    files: await stage.filesBelow(),
    data: memory.data,
    ledger: memory.entries,
  });
}
