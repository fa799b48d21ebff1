import assert from 'node:assert/strict';

import { waitFor } from '../../../base/wait.js';
import { onStage, type Stage } from './stage.js';
import type { Rule } from './world.js';

export const looksAgree: Rule = {
  name: 'look, lookAll and where agree',
  applies: (driver) => driver.lookAll !== undefined || driver.where !== undefined,
  check: (subject) =>
    onStage(subject, async (stage) => {
      const { driver } = stage;
      const running = await stage.machine('m1');
      await stage.create(running);
      const off = await stage.machine('m2');
      await stage.create(off);
      if (stage.description.features.powerControl) await driver.kill(off.memory.data, off.ctx());
      const never = await stage.machine('m3');
      const machines = [running, off, never];
      const all = await driver.lookAll?.(new Map(machines.map(({ name, memory }) => [name, memory.data])), stage.account());
      for (const { name, memory, ctx } of machines) {
        const look = await driver.look(memory.data, ctx());
        if (all) assert.deepEqual(all.get(name), look, `lookAll, ${name}`);
        const where = driver.where?.(memory.data, ctx());
        if (where && look.state === 'Running') {
          const { addresses, ssh, dockerUrl } = look;
          assert.deepEqual({ addresses: where.addresses, ssh: where.ssh, dockerUrl: where.dockerUrl }, { addresses, ssh, dockerUrl }, name);
        }
      }
    }),
};

/** What a machine may say until it has the state that was asked for. */
const passing = { Running: 'Starting', Stopped: 'Stopping' } as const;

export const lookFollowsPower: Rule = {
  name: 'look says what start, stop and kill did, and has a dockerUrl only while the machine runs',
  applies: (_driver, { powerControl }) => powerControl,
  check: (subject) =>
    onStage(subject, async (stage) => {
      const { driver } = stage;
      const machine = await stage.machine();
      const { memory, ctx } = machine;
      const expectState = async (state: 'Running' | 'Stopped', when: string) => {
        const look = await waitFor(
          async () => {
            const now = await driver.look(memory.data, ctx());
            return now.state === passing[state] ? undefined : now;
          },
          { timeout: subject.options.patience ?? 5000, interval: 1, what: `${state} ${when}` },
        );
        assert.equal(look.state, state, when);
        assert.equal(look.dockerUrl !== undefined, state === 'Running', `${when}: whether there is a dockerUrl`);
      };
      await stage.create(machine);
      await expectState('Running', 'after create');
      for (const verb of ['stop', 'kill'] as const) {
        await driver[verb](memory.data, ctx());
        await expectState('Stopped', `after ${verb}`);
        await driver.start(memory.data, ctx());
        await expectState('Running', `after start that followed ${verb}`);
      }
    }),
};

type Call = readonly [name: string, prepare: 'none' | 'created' | 'off', run: (stage: Stage) => Promise<unknown>];

export const cancellationEndsCalls: Rule = {
  name: 'an aborted signal ends every call',
  async check(subject) {
    const { stride = 1 } = subject.options;
    for (const call of calls) {
      for (let n = 0; ; n += stride) {
        const wasReached = await onStage(subject, async (stage) => aborted(stage, call, n));
        if (!wasReached) break;
      }
    }
  },
};

const calls: readonly Call[] = [
  ['precheck', 'none', (stage) => onFirst(stage, ({ memory, ctx }) => stage.driver.precheck(memory.data, ctx()))],
  ['create', 'none', (stage) => onFirst(stage, (machine) => stage.create(machine))],
  ['look', 'created', (stage) => onFirst(stage, ({ memory, ctx }) => stage.driver.look(memory.data, ctx()))],
  ['stop', 'created', (stage) => onFirst(stage, ({ memory, ctx }) => stage.driver.stop(memory.data, ctx()))],
  ['kill', 'created', (stage) => onFirst(stage, ({ memory, ctx }) => stage.driver.kill(memory.data, ctx()))],
  ['start', 'off', (stage) => onFirst(stage, ({ memory, ctx }) => stage.driver.start(memory.data, ctx()))],
  ['remove', 'created', (stage) => onFirst(stage, (machine) => stage.remove(machine))],
];

async function onFirst(stage: Stage, use: (machine: Stage['machines'][number]) => Promise<unknown>): Promise<unknown> {
  const [machine] = stage.machines;
  return machine && use(machine);
}

/** @returns whether there was such a call */
async function aborted(stage: Stage, [name, prepare, run]: Call, n: number): Promise<boolean> {
  const machine = await stage.machine();
  const { powerControl } = stage.description.features;
  if (!powerControl && ['start', 'stop', 'kill'].includes(name)) return false;
  if (prepare !== 'none') await stage.create(machine);
  if (prepare === 'off') await stage.driver.kill(machine.memory.data, machine.ctx());
  stage.calls = 0;
  stage.fate = (index) => {
    if (index === n) stage.controller.abort(new Error('cancelled'));
    return 'obeyed';
  };
  const end = await within(stage.subject.options.patience ?? 5000, run(stage));
  const wasReached = stage.calls > n;
  if (wasReached) assert.equal(end, 'failed', `${name}, cancelled at its call ${n + 1}`);
  stage.restart();
  return wasReached;
}

async function within(milliseconds: number, work: Promise<unknown>): Promise<'ended' | 'failed' | 'still running'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'still running'>((done) => {
    timer = setTimeout(done, milliseconds, 'still running');
  });
  const end = work.then(
    () => 'ended' as const,
    () => 'failed' as const,
  );
  try {
    return await Promise.race([end, late]);
  } finally {
    clearTimeout(timer);
  }
}
