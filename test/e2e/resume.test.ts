import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { fileURLToPath } from 'node:url';

import { succeed, tsmachine } from '../helpers/cli.js';
import { computerState } from '../helpers/computer.js';
import { openLab, type Lab } from '../helpers/lab.js';

const killer = fileURLToPath(new URL('../helpers/die-after.cjs', import.meta.url));

describe('create, killed after every step it writes down', () => {
  let lab: Lab;
  let store: string;
  let untouched: string[];

  before(async () => {
    untouched = await computerState();
    lab = await openLab();
    store = await lab.store('store');
  });
  after(async () => {
    await tsmachine(['rm', '-f', 'm1'], { store });
    await lab.close();
  });

  const create = (env: NodeJS.ProcessEnv = {}) => tsmachine(['create', '-d', 'nspawn', 'm1'], { store, env });

  it('is finished by the next create, or removed whole by rm', async () => {
    let step = 0;
    for (;;) {
      step++;
      const killed = await create({ NODE_OPTIONS: `--require ${killer}`, DIE_AFTER: String(step) });
      if (killed.signal !== 'SIGKILL') {
        expect(killed.code, killed.stderr).to.equal(0);
        break;
      }
      await expectReadable(`step ${step}`);
      if (step % 2 === 0) {
        const second = await create();
        expect(second.code, `create after a kill at step ${step}:\n${second.stdout}${second.stderr}`).to.equal(0);
        await succeed(['version', 'm1'], { store });
      }
      await expectRemovable(`step ${step}`);
    }
    expect(step).to.be.greaterThan(9);
    await expectRemovable('the whole create');
  });

  async function expectReadable(when: string): Promise<void> {
    const { code, stdout } = await tsmachine(['ls'], { store });
    expect(code, when).to.equal(0);
    const known = await readdir(join(store, 'machines')).catch((): string[] => []);
    if (known.includes('m1')) expect(stdout, when).to.match(/^m1 /m);
  }

  async function expectRemovable(when: string): Promise<void> {
    const { code, stderr } = await tsmachine(['rm', '-y', 'm1'], { store });
    expect(code, `rm after ${when}: ${stderr}`).to.equal(0);
    expect(await readdir(join(store, 'machines')), when).to.deep.equal([]);
    expect(await computerState(), when).to.deep.equal(untouched);
  }
});
