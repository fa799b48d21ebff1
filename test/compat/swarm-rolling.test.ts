import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { openShop, type Shop } from './shop.js';

describe('swarm upgrade and swarm regenerate-certs from the command line', () => {
  let shop: Shop;

  beforeEach(async () => {
    shop = await openShop();
  });
  afterEach(() => shop.close());

  const record = async (more: object = {}) => {
    await shop.run(['create', '-d', 'none', '--url', 'tcp://127.0.0.1:1', 'm1']);
    await mkdir(join(shop.store, 'swarms', 'prod'), { recursive: true });
    await writeFile(
      join(shop.store, 'swarms', 'prod', 'swarm.json'),
      JSON.stringify({
        version: 1,
        name: 'prod',
        cluster: 'c',
        members: { m1: { role: 'manager', node: 'n1' } },
        ...more,
      }),
    );
  };

  const refused: [what: string, words: readonly string[], code: number, stderr: RegExp][] = [
    ['no swarm', ['upgrade'], 1, /^There is no swarm yet\ntsmachine swarm init MACHINE\n/],
    ['an unknown swarm', ['regenerate-certs', 'prod'], 1, /^There is no swarm, and no machine, called "prod"\n/],
    ['two swarms', ['upgrade', 'a', 'b'], 2, /^Error: Expected one /],
    ['no worker at once', ['upgrade', '--workers-at-once', '0'], 2, /--workers-at-once/],
    [
      'a version that is none',
      ['upgrade', '--engine-version', '28; reboot'],
      2,
      /^Engine version "28; reboot" is not a version\nWrite it as 28, 28\.5 or 28\.5\.2\n/,
    ],
  ];
  for (const [what, words, code, stderr] of refused) {
    it(`refuses ${what}`, async () => {
      const result = await shop.run(['swarm', ...words]);
      expect(result).to.include({ code, stdout: '' });
      expect(result.stderr).to.match(stderr);
    });
  }

  for (const verb of ['upgrade', 'regenerate-certs']) {
    it(`${verb} says why no manager answers, and does nothing`, async () => {
      await record();
      const result = await shop.run(['swarm', verb]);
      expect(result).to.include({ code: 1, stdout: '' });
      expect(result.stderr).to.match(/^No manager of swarm "prod" answers: Cannot reach the engine of "m1"/);
      const json = await shop.run(['swarm', verb, '--json']);
      expect(json.code).to.equal(1);
      expect(JSON.parse(json.stdout || json.stderr)).to.have.nested.property('error.code', 'SWARM_STATE');
    });
  }

  it('does not take a record with a mode of nodes that is no word', async () => {
    await record({ drained: { m1: 1 } });
    expect((await shop.run(['swarm', 'upgrade'])).stderr).to.match(
      /^Cannot read \S+swarm\.json: it does not hold what tsmachine writes there\n/,
    );
    await record({ renewing: { since: 'today', left: 'm1' } });
    expect((await shop.run(['swarm', 'upgrade'])).stderr).to.match(
      /^Cannot read \S+swarm\.json: it does not hold what tsmachine writes there\n/,
    );
  });
});
