import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { chanceOf } from '../helpers/chance.js';
import { succeed, tsmachine, type CliResult } from '../helpers/cli.js';
import { openLab, type Lab } from '../helpers/lab.js';
import { createService, loadImages, nodesSeenBy, running } from '../helpers/swarm.js';

interface Shape {
  readonly managers: number;
  readonly workers: number;
}

describe('swarm up', () => {
  let lab: Lab;
  let store: string;

  before(async () => {
    lab = await openLab();
  });
  beforeEach(async function () {
    store = await lab.store((this.currentTest?.title ?? '').replaceAll(/\W+/g, '-').slice(0, 40));
  });
  afterEach(() => tsmachine(['swarm', 'down', '-y'], { store }));
  after(() => lab.close());

  const words = (verb: string, { managers, workers }: Shape) => [
    'swarm',
    verb,
    '--managers',
    String(managers),
    '--workers',
    String(workers),
    '-d',
    'nspawn',
    'upt',
  ];
  const up = (shape: Shape) => succeed([...words('up', shape), '-y'], { store });
  const namesOf = ({ managers, workers }: Shape) => [...named('manager', managers), ...named('worker', workers)];
  const named = (role: string, count: number) => Array.from({ length: count }, (_, i) => `upt-${role}${i + 1}`);

  /** The nodes are those that are declared, all of them alive and none twice; so are the machines, and the record. */
  async function expectSwarm(shape: Shape, when = ''): Promise<void> {
    const nodes = await nodesSeenBy(store, 'upt-manager1');
    const told = nodes
      .map(({ hostname, role, state, availability, reachability }) => ({ hostname, role, state, availability, reachability }))
      .sort((a, b) => (a.hostname < b.hostname ? -1 : 1));
    expect(told, when).to.deep.equal([
      ...named('manager', shape.managers).map((hostname) => ({
        hostname,
        role: 'manager',
        state: 'ready',
        availability: 'active',
        reachability: 'reachable',
      })),
      ...named('worker', shape.workers).map((hostname) => ({
        hostname,
        role: 'worker',
        state: 'ready',
        availability: 'active',
        reachability: undefined,
      })),
    ]);
    expect((await readdir(join(store, 'machines'))).sort(), when).to.deep.equal(namesOf(shape));
    const planned = await tsmachine(words('plan', shape), { store });
    expect(planned.code, `${when} ${planned.stdout}`).to.equal(0);
  }

  it('makes three managers and two workers with a converged service within a minute, and then has nothing to do', async () => {
    const shape = { managers: 3, workers: 2 };
    expect((await tsmachine(words('plan', shape), { store })).code).to.equal(2);
    const made = await up(shape);
    expect(made.stderr.match(/ip_vs/g)?.length ?? 0, 'a kernel that all hosts share is told of once').to.be.at.most(1);
    const started = performance.now();
    await loadImages(store, namesOf(shape));
    await createService(store, 'upt-manager1', 'web', 5);
    const nodes = await running(store, 'upt-manager1', 'web', 5);
    const seconds = made.seconds + (performance.now() - started) / 1000;
    expect(new Set(nodes).size).to.equal(5);
    expect(seconds).to.be.at.most(60);
    await expectSwarm(shape);
    const again = await succeed([...words('up', shape), '--json'], { store });
    expect((JSON.parse(again.stdout) as { steps: unknown[] }).steps).to.deep.equal([]);
    expect(again.seconds).to.be.at.most(3);
    console.log(
      `      nothing to a converged service of 5: ${seconds.toFixed(1)} s (up ${made.seconds.toFixed(1)} s); again: ${again.seconds.toFixed(1)} s`,
    );
  });

  it('grows and shrinks, services running on what remains', async () => {
    await up({ managers: 1, workers: 0 });
    await loadImages(store, ['upt-manager1']);
    await createService(store, 'upt-manager1', 'web', 2);
    await running(store, 'upt-manager1', 'web', 2);
    await up({ managers: 1, workers: 3 });
    const unasked = await tsmachine(words('up', { managers: 1, workers: 1 }), { store });
    expect(unasked.code, 'nobody was asked').to.equal(1);
    expect(unasked.stdout).to.contain('About to remove upt-worker2, upt-worker3, which are no longer declared\n');
    await expectSwarm({ managers: 1, workers: 3 }, 'unasked');
    expect((await tsmachine(words('plan', { managers: 1, workers: 1 }), { store })).stdout).to.contain(
      'It asks before it removes upt-worker2, upt-worker3; -y answers yes.\n',
    );
    for (const shape of [
      { managers: 1, workers: 1 },
      { managers: 3, workers: 1 },
      { managers: 1, workers: 1 },
      { managers: 3, workers: 0 },
    ]) {
      const { seconds } = await up(shape);
      await loadImages(store, namesOf(shape));
      await expectSwarm(shape);
      await running(store, 'upt-manager1', 'web', 2);
      console.log(`      to ${shape.managers} managers, ${shape.workers} workers: ${seconds.toFixed(1)} s`);
    }
  });

  it('makes one swarm of engines of different versions, with a warning', async () => {
    const file = join(store, 'swarm.yaml');
    const group = (suite: string, role: string) =>
      `  ${suite}:\n    driver: nspawn\n    flags: {nspawn-suite: ${suite}}\n    names: [upt-${suite}]\n    role: ${role}\n    labels: {suite: ${suite}}\n`;
    await writeFile(file, `name: upt\ngroups:\n${group('bookworm', 'manager')}${group('trixie', 'worker')}${group('sid', 'worker')}`);
    const { stdout } = await succeed(['swarm', 'up', '-f', file], { store });
    expect(stdout).to.match(/^Note: Engines of different versions: 2\d\.[^\n]*; [^\n]*; /m);
    const nodes = await nodesSeenBy(store, 'upt-bookworm');
    expect(nodes.map(({ hostname, state, labels }) => `${hostname} ${state} ${labels['suite'] ?? ''}`).sort()).to.deep.equal([
      'upt-bookworm ready bookworm',
      'upt-sid ready sid',
      'upt-trixie ready trixie',
    ]);
    expect((await tsmachine(['swarm', 'plan', '-f', file], { store })).code).to.equal(0);
  });

  const seed = Number(process.env['SWARM_UP_SEED'] ?? Date.now() % 100_000);
  it(`ends in the declared swarm when it is killed at ten random moments (SWARM_UP_SEED=${seed})`, async function () {
    this.timeout(15 * 60_000);
    const chance = chanceOf(seed);
    const shapes: Shape[] = [
      { managers: 3, workers: 2 },
      { managers: 1, workers: 1 },
      { managers: 3, workers: 0 },
      { managers: 1, workers: 3 },
    ];
    let kills = 0;
    for (let turn = 0; kills < 10; turn++) {
      const shape = shapes[turn % shapes.length] ?? { managers: 1, workers: 0 };
      const milliseconds = Math.round(300 + chance() * 12_000);
      const killed = await killedAfter(milliseconds, [...words('up', shape), '-y']);
      if (killed.signal === 'SIGKILL') kills += 1;
      const finished = await tsmachine([...words('up', shape), '-y'], { store });
      const when = `turn ${turn}: ${shape.managers}+${shape.workers} killed after ${milliseconds} ms (seed ${seed})`;
      expect(finished.code, `${when}\n${killed.stderr}\n--- again\n${finished.stdout}${finished.stderr}`).to.equal(0);
      await expectSwarm(shape, when);
    }
  });

  function killedAfter(milliseconds: number, args: readonly string[]): Promise<CliResult> {
    return tsmachine(args, {
      store,
      onStart: (pid) => {
        setTimeout(() => {
          try {
            process.kill(pid, 'SIGKILL');
          } catch {
            // it has ended by itself
          }
        }, milliseconds);
      },
    });
  }
});
