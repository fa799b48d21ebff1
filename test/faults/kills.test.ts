import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { chanceOf } from '../helpers/chance.js';
import { tsmachine } from '../helpers/cli.js';
import { computerState } from '../helpers/computer.js';
import { openLab, type Lab } from '../helpers/lab.js';
import { skip } from '../helpers/skip.js';
import { isWhole, seed } from './amount.js';
import { killScenarios, killedAfter, newGround, type Ground, type KillScenario } from './kill-scenarios.js';
import { contentOf } from './store-tree.js';

const kills = isWhole ? 100 : 8;

describe('commands that are killed at any moment', function () {
  this.timeout(60 * 60_000);
  const chance = chanceOf(seed);
  const scenarios = killScenarios.filter(({ isLong }) => isWhole || isLong !== true);
  let lab: Lab;
  let ground: Ground;
  let untouched: string[];

  before(async function () {
    if (process.getuid?.() !== 0) skip(this, 'needs root for nspawn machines');
    lab = await openLab();
    ground = await newGround(lab);
    untouched = await state();
    console.log(`      seed ${seed}`);
  });
  after(async () => {
    await tsmachine(['rm', '-f', '-y', '--shared', 'kept', 'm1'], ground.options);
    await lab.close();
  });

  for (let i = 0; i < kills; i++) {
    const scenario = scenarios[i % scenarios.length];
    if (scenario === undefined) continue;
    const after = Math.round(100 + chance() * (scenario.lasts - 100));
    it(`${scenario.name}, after ${after} ms`, () => killed(scenario, after));
  }

  async function killed(scenario: KillScenario, milliseconds: number): Promise<void> {
    const options = scenario.options?.(ground) ?? ground.options;
    const args = scenario.args(ground);
    await scenario.prepare?.(ground);
    const kept = await keptFiles();

    const first = await killedAfter(milliseconds, args, options);
    const listed = await tsmachine(['ls'], ground.options);
    expect(listed.code, `ls: ${listed.stderr}`).to.equal(0);
    expect(await keptFiles(), 'what the command has nothing to do with').to.deep.equal(kept);

    const again = await tsmachine(args, options);
    const isDone = scenario.maySayDone?.test(again.stderr) === true;
    if (!isDone) expect(again.code, `again:\n${again.stdout}${again.stderr}\nkilled:\n${first.stdout}${first.stderr}`).to.equal(0);
    await scenario.verify(ground);
    await scenario.undo?.(ground);
    expect(await state(), 'the computer').to.deep.equal(untouched);
  }

  /** Who the machine is, and the authority: no command here may change them. */
  async function keptFiles(): Promise<unknown> {
    const { store } = ground.options;
    const machine = (name: string) => readFile(join(store, 'machines', 'kept', name), 'utf8');
    return {
      key: await machine('id_ed25519'),
      host: await machine('known_hosts'),
      driver: (JSON.parse(await machine('config.json')) as { Driver: unknown }).Driver,
      certs: await contentOf(join(store, 'certs')),
    };
  }

  async function state(): Promise<string[]> {
    const machines = (await readdir(join(ground.options.store, 'machines'))).filter((entry) => entry !== 'kept');
    return [...(await computerState()), ...(await readdir(ground.temporary)), ...machines];
  }
});
