import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { openShop, type Shop } from './shop.js';

const none = ['-d', 'none', '--url', 'tcp://127.0.0.1:1'];

describe('swarm up and swarm plan from the command line', () => {
  let shop: Shop;

  beforeEach(async () => {
    shop = await openShop();
  });
  afterEach(() => shop.close());

  const plan = (...words: string[]) => shop.run(['swarm', 'plan', ...words]);
  const file = async (text: string) => {
    const path = join(shop.store, 'swarm.yaml');
    await writeFile(path, text);
    return path;
  };
  const group = (name: string, role: string, more = '') =>
    `  ${name}:\n    driver: none\n    flags: {url: "tcp://127.0.0.1:1"}\n    count: 1\n    role: ${role}\n${more}`;

  it('plan: what would be done, exit status 2, and nothing is touched', async () => {
    const { code, stdout, stderr } = await plan('--managers', '1', '--workers', '1', ...none, 'prod');
    expect({ code, stderr }).to.deep.equal({ code: 2, stderr: '' });
    expect(stdout.split('\n')).to.deep.equal([
      'Swarm "prod":',
      '  Create prod-manager1 (none)',
      '  Create prod-worker1 (none)',
      '  Initialise the swarm on prod-manager1',
      '  Join prod-worker1 as a worker',
      '4 changes to make. To make them, run this with the same arguments: tsmachine swarm up',
      '',
    ]);
    expect(await readdir(shop.store)).to.deep.equal([]);
  });

  it('plan --json', async () => {
    const { code, stdout } = await plan('--json', ...none, 'prod');
    expect(code).to.equal(2);
    expect(JSON.parse(stdout)).to.deep.equal({
      name: 'prod',
      notes: [],
      problems: [],
      steps: [
        { kind: 'create', machine: 'prod-manager1', text: 'Create prod-manager1 (none)' },
        { kind: 'init', machine: 'prod-manager1', text: 'Initialise the swarm on prod-manager1' },
      ],
    });
  });

  it("plan of a file, with the flags of each group's own driver", async () => {
    const path = await file(`name: prod\ngroups:\n${group('m', 'manager')}${group('w', 'worker')}`);
    const { code, stdout, stderr } = await plan('-f', path);
    expect({ code, stderr }).to.deep.equal({ code: 2, stderr: '' });
    expect(stdout).to.match(/^Swarm "prod":\n {2}Create prod-m1 \(none\)\n {2}Create prod-w1 \(none\)\n/);
  });

  it('plan of two hundred machines takes two seconds at most, there or not', async () => {
    const words = ['--managers', '7', '--workers', '193', ...none, 'big'];
    const started = performance.now();
    expect((await plan(...words)).stdout).to.match(/\n400 changes to make/);
    expect(performance.now() - started).to.be.at.most(2000);
  });

  it('plan of machines that are there and do not answer: each is reported, and nothing else', async () => {
    const names = ['prod-manager1', ...Array.from({ length: 29 }, (_, i) => `prod-worker${i + 1}`)];
    await shop.run(['create', ...none, '--concurrency', '30', ...names]);
    const started = performance.now();
    const { code, stdout, stderr } = await plan('--managers', '1', '--workers', '29', ...none, 'prod');
    expect({ code, stderr }).to.deep.equal({ code: 1, stderr: '' });
    expect(stdout.match(/^Problem: Cannot reach the engine of "prod-/gm)).to.have.length(30);
    expect(performance.now() - started).to.be.at.most(2000);
  });

  const refused: [what: string, words: readonly string[], code: number, stderr: RegExp][] = [
    [
      'nothing says what',
      [],
      2,
      /^Nothing describes the swarm: there is no swarm\.yaml here, and no flags were given\nName a file: tsmachine swarm up -f FILE\nOr describe the swarm with flags: tsmachine swarm up --managers 3 --workers 2 -d DRIVER NAME\n/,
    ],
    ['a file that is not there', ['-f', '/nonexistent.yaml'], 1, /^Cannot read \/nonexistent\.yaml: there is no such file/],
    ['a file and flags', ['-f', 'x.yaml', '--managers', '1', 'prod'], 2, /^Both --file and --managers describe the swarm\n/],
    ['no name', ['--managers', '1', ...none], 2, /^Error: No swarm name specified\n/],
    ['two names', [...none, 'a', 'b'], 2, /^Error: Expected one /],
    ['no driver', ['--managers', '1', 'prod'], 2, /^Name the driver that creates the machines: -d DRIVER\n/],
    ['an unknown driver', ['-d', 'nnoe', 'prod'], 2, /^Driver "nnoe" not found\nDid you mean "none"/],
    [
      'no manager',
      ['--managers', '0', '--workers', '1', ...none, 'prod'],
      2,
      /^--managers: 0 is not a number of machines\nA swarm needs at least one manager\n/,
    ],
    ['half a worker', ['--workers', '0.5', ...none, 'prod'], 2, /^--workers: expected a whole number, not "0\.5"\n/],
    ['a flag of another driver', [...none, '--nspawn-suite', 'sid', 'prod'], 2, /^flag provided but not defined: --nspawn-suite\n/],
    ["a driver's own flag that is missing", ['-d', 'none', 'prod'], 2, /^--url option is required/],
    ['a name that no machine can have', [...none, 'a_b'], 2, /^The names of machines cannot begin with "a_b"/],
    ['a concurrency of none', [...none, '--concurrency', '0', 'prod'], 2, /^--concurrency must be a whole number from 1 to 100, not 0\n/],
  ];
  for (const [what, words, code, stderr] of refused) {
    for (const verb of ['plan', 'up']) {
      it(`${verb} refuses, before anything is made: ${what}`, async () => {
        const result = await shop.run(['swarm', verb, ...words]);
        expect(result).to.include({ code, stdout: '' });
        expect(result.stderr).to.match(stderr);
        expect(await readdir(shop.store)).to.deep.equal([]);
      });
    }
  }

  const files: [what: string, text: string, stderr: RegExp][] = [
    ['an unknown key', `name: prod\nsize: 3\ngroups:\n${group('m', 'manager')}`, /swarm\.yaml:2:1: unknown key "size"/],
    ['two groups of one name', `name: prod\ngroups:\n${group('m', 'manager')}${group('m', 'manager')}`, /swarm\.yaml:8:3: /],
    ['no manager', `name: prod\ngroups:\n${group('w', 'worker')}`, /manager/],
    [
      'an unknown flag',
      `name: prod\ngroups:\n${group('m', 'manager').replace('url', 'ulr')}`,
      /swarm\.yaml:5:13: [^\n]*no flag "ulr": its flags are url\n/,
    ],
  ];
  for (const [what, text, stderr] of files) {
    it(`up refuses a file with ${what}, naming the place`, async () => {
      const result = await shop.run(['swarm', 'up', '-f', await file(text)]);
      expect(result).to.include({ code: 1, stdout: '' });
      expect(result.stderr).to.match(stderr);
      expect(await readdir(shop.store)).to.deep.equal(['swarm.yaml']);
    });
  }

  it('a file that describes another swarm than the one that is named', async () => {
    const result = await plan('-f', await file(`name: prod\ngroups:\n${group('m', 'manager')}`), 'test');
    expect(result).to.include({ code: 2, stdout: '' });
    expect(result.stderr).to.match(/swarm\.yaml describes swarm "prod", not "test"\n/);
  });

  it('warns once of an even number of managers, and of more than seven', async () => {
    expect((await plan('--managers', '2', ...none, 'prod')).stderr).to.match(
      /^Warning: 2 managers tolerate no more failures than 1[^\n]*\n$/,
    );
    expect((await plan('--managers', '9', ...none, 'prod')).stderr).to.match(/^Warning: 9 managers slow each other down[^\n]*\n$/);
  });

  it('a name that a machine of another driver has, and a machine of another swarm, are in the way', async () => {
    await shop.run(['create', ...none, 'prod-manager1', 'prod-worker1']);
    await mkdir(join(shop.store, 'swarms', 'other'), { recursive: true });
    await writeFile(
      join(shop.store, 'swarms', 'other', 'swarm.json'),
      JSON.stringify({ version: 1, name: 'other', members: { 'prod-worker1': { role: 'worker' } } }),
    );
    const words = ['--workers', '1', '-d', 'generic', '--generic-ip-address', '127.0.0.1', 'prod'];
    const planned = await plan(...words);
    expect(planned.code).to.equal(1);
    expect(planned.stdout).to.match(/Problem: There is a machine "prod-manager1" of driver none; the swarm needs one of driver generic\n/);
    expect(planned.stdout).to.match(
      /Problem: prod-worker1 is in swarm "other" already\n {2}Free it first: tsmachine swarm leave --force prod-worker1\n/,
    );
    const up = await shop.run(['swarm', 'up', ...words]);
    expect(up).to.include({ code: 1, stdout: '' });
    expect(up.stderr).to.match(/^There is a machine "prod-manager1"[^\n]*\n[^]*prod-worker1 is in swarm "other" already\n/);
    expect(await readdir(join(shop.store, 'swarms'))).to.deep.equal(['other']);
  });

  describe('of a swarm that has more machines than are declared', () => {
    const fewer = ['--managers', '1', ...none, 'prod'];

    beforeEach(async () => {
      await shop.run(['create', ...none, 'prod-manager1', 'prod-worker1', 'prod-worker2']);
      const member = (role: string) => ({ role, group: role });
      await mkdir(join(shop.store, 'swarms', 'prod'), { recursive: true });
      await writeFile(
        join(shop.store, 'swarms', 'prod', 'swarm.json'),
        JSON.stringify({
          version: 1,
          name: 'prod',
          members: { 'prod-manager1': member('manager'), 'prod-worker1': member('worker'), 'prod-worker2': member('worker') },
        }),
      );
    });
    const machines = async () => (await readdir(join(shop.store, 'machines'))).sort();

    it('up removes none of them unasked, and says what to type', async () => {
      const before = await readFile(join(shop.store, 'swarms', 'prod', 'swarm.json'), 'utf8');
      const unanswered = await shop.run(['swarm', 'up', ...fewer]);
      expect(unanswered.code).to.equal(1);
      expect(unanswered.stdout).to.match(/^About to remove prod-worker1, prod-worker2, which are no longer declared\n/);
      expect(unanswered.stderr).to.contain(`tsmachine swarm up -y ${fewer.join(' ')}\n`);
      const declined = await shop.run(['swarm', 'up', ...fewer], { input: 'n\n' });
      expect(declined.code).to.equal(1);
      expect(declined.stderr).to.match(/Nothing was changed: swarm "prod" as it is declared has no prod-worker1, prod-worker2\n/);
      expect(await machines()).to.deep.equal(['prod-manager1', 'prod-worker1', 'prod-worker2']);
      expect(await readFile(join(shop.store, 'swarms', 'prod', 'swarm.json'), 'utf8')).to.equal(before);
    });

    it('up asks just so when it is a file that has fewer', async () => {
      const path = await file(`name: prod\ngroups:\n${group('manager', 'manager')}`);
      const { code, stdout, stderr } = await shop.run(['swarm', 'up', '-f', path]);
      expect({ code, stdout }).to.deep.include({ code: 1 });
      expect(stdout).to.match(/^About to remove prod-worker1, prod-worker2, /);
      expect(stderr).to.contain(`tsmachine swarm up -y -f ${path}\n`);
      expect(await machines()).to.have.length(3);
    });

    for (const [how, words, input] of [
      ['-y', ['-y'], undefined],
      ['the answer yes', [], 'y\n'],
    ] as const) {
      it(`up removes them with ${how}`, async () => {
        const { stderr } = await shop.run(['swarm', 'up', ...words, ...fewer], { input });
        expect(stderr).to.contain('prod-manager1'); // its engine does not answer
        expect(await machines()).to.deep.equal(['prod-manager1']);
      });
    }
  });

  it('help: with a driver, its flags too', async () => {
    expect((await shop.run(['swarm', 'up', '--help'])).stdout)
      .to.match(/^ {3}--managers/m)
      .and.not.match(/--url/);
    expect((await shop.run(['swarm', 'plan', '-d', 'none', '--help'])).stdout).to.match(/^ {3}--url/m);
  });
});
