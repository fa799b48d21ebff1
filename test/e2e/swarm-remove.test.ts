import { expect } from 'chai';

import { TsmachineError } from '../../src/base/errors.js';
import { waitFor } from '../../src/base/wait.js';
import type { Engine } from '../../src/docker/client.js';
import { openStore } from '../../src/store/store.js';
import { updateCluster } from '../../src/swarm/engine/cluster.js';
import { changeNode, listNodes } from '../../src/swarm/engine/nodes.js';
import { listTasks } from '../../src/swarm/engine/tasks.js';
import { succeed, tsmachine } from '../helpers/cli.js';
import { engineOf, labImage, loadLabImage } from '../helpers/image.js';
import { openLab, type Lab } from '../helpers/lab.js';

/** Ends as soon as it is told to, as a service should. */
const program = 'trap "exit 0" TERM; while :; do sleep 1000 & wait $!; done';

describe('a swarm that shrinks, loses nodes and gets new ones', () => {
  const managers = ['rm-m1', 'rm-m2', 'rm-m3'];
  const worker = 'rm-w1';
  const all = [...managers, worker];
  let lab: Lab;
  let store: string;

  before(async () => {
    lab = await openLab();
    store = await lab.store('store');
    await succeed(['create', '-d', 'nspawn', ...all], { store });
    await Promise.all(all.map(load));
    await succeed(['swarm', 'init', '--name', 'shrink', 'rm-m1'], { store });
    await succeed(['swarm', 'join', '--role', 'manager', 'rm-m2', 'rm-m3'], { store });
    await succeed(['swarm', 'join', worker], { store });
    await on('rm-m1', (engine) => updateCluster(engine, (spec) => ({ ...spec, Dispatcher: { ...spec.Dispatcher, HeartbeatPeriod: 1e9 } }))); // losses are noticed sooner
  });
  after(async () => {
    await tsmachine(['rm', '-f', ...all], { store });
    await lab.close();
  });

  async function on<T>(machine: string, use: (engine: Engine) => Promise<T>): Promise<T> {
    const engine = await engineOf(store, machine, (await succeed(['url', machine], { store })).stdout.trim());
    try {
      return await use(engine);
    } finally {
      engine.close();
    }
  }
  const load = (machine: string) => on(machine, loadLabImage);
  const nodes = (machine: string) => on(machine, listNodes);
  const record = () => openStore(store).swarms.find('shrink');
  const reachable = async (machine: string) =>
    (await nodes(machine))
      .filter(({ reachability }) => reachability === 'reachable')
      .map(({ hostname }) => hostname)
      .sort();

  /** Host names of the nodes that tasks of the service run on, one for each task. */
  async function running(engine: Engine): Promise<string[]> {
    const [known, tasks] = await Promise.all([listNodes(engine), listTasks(engine, {})]);
    const alive = tasks.filter(({ state, desired }) => state === 'running' && desired === 'running');
    return alive.flatMap(({ node }) => known.filter(({ id, state }) => id === node && state !== 'down').map(({ hostname }) => hostname));
  }

  const converged = (machine: string, count: number, without?: string) =>
    on(machine, (engine) =>
      waitFor(
        async () => {
          const found = await running(engine);
          return found.length === count && !found.some((node) => node === without) ? found : undefined;
        },
        { timeout: 60_000, maxInterval: 300, what: `${count} tasks to run` },
      ),
    );

  /** A swarm leaves tasks where they run; this has them placed anew. */
  async function spreadAgain(engine: Engine): Promise<void> {
    const {
      Version: { Index: version },
      Spec: spec,
    } = await engine.request<{ Version: { Index: number }; Spec: { TaskTemplate: object } }>('GET', '/services/web');
    await engine.request('POST', '/services/web/update', {
      query: { version },
      body: { ...spec, TaskTemplate: { ...spec.TaskTemplate, ForceUpdate: 1 } },
    });
  }

  it('runs a service', async () => {
    await on('rm-m1', (engine) =>
      engine.request('POST', '/services/create', {
        body: {
          Name: 'web',
          TaskTemplate: { ContainerSpec: { Image: labImage, Command: ['/bin/sh', '-c', program] } },
          Mode: { Replicated: { Replicas: 4 } },
          EndpointSpec: { Mode: 'dnsrr' },
        },
      }),
    );
    expect((await converged('rm-m1', 4)).sort()).to.deep.equal(all);
  });

  it('does not let all its managers go while a worker needs one, and has not begun to', async () => {
    const { code, stderr } = await tsmachine(['rm', '-y', ...managers], { store });
    expect(code).to.equal(1);
    expect(stderr)
      .to.match(/the last manager of swarm "shrink", and 1 other node \(rm-w1\) would have none/)
      .and.to.include('tsmachine swarm down shrink');
    expect(await reachable('rm-m1')).to.deep.equal(managers);
    expect((await nodes('rm-m1')).every(({ availability }) => availability === 'active')).to.equal(true);
  });

  it('goes from three managers to one and back, its service running all the time', async () => {
    const seen: number[] = [];
    const decided = [performance.now()];
    await on('rm-m3', async (engine) => {
      const self = (await listNodes(engine)).find(({ hostname }) => hostname === 'rm-m3')?.id ?? '';
      let over = false;
      const sample = async () => {
        seen.push((await running(engine)).length);
        await changeNode(engine, self, { labels: { sample: String(seen.length) } });
        decided.push(performance.now());
      };
      const sampling = waitFor(
        async () => {
          await sample().catch((error: unknown) => {
            if (!TsmachineError.is(error) || error.code !== 'ENGINE_API') throw error;
          }); // an election
          return over ? true : undefined;
        },
        { timeout: 60_000, interval: 50, maxInterval: 50, what: 'the samples' },
      );
      await succeed(['swarm', 'leave', 'rm-m1', 'rm-m2'], { store });
      expect((await listNodes(engine)).map(({ hostname }) => hostname).sort()).to.deep.equal(['rm-m3', worker]);
      expect(await record())
        .to.have.property('members')
        .that.has.all.keys('rm-m3', worker);
      await succeed(['swarm', 'join', '--role', 'manager', 'rm-m1', 'rm-m2'], { store });
      over = true;
      await sampling;
    });
    expect(await reachable('rm-m3')).to.deep.equal(managers);
    expect(seen).to.have.length.above(20);
    expect(Math.min(...seen), 'tasks running at the worst moment').to.be.at.least(2);
    const gaps = decided.slice(1).map((at, i) => at - (decided[i] ?? at));
    expect(Math.max(...gaps), 'milliseconds in which the managers could decide nothing').to.be.below(10_000);
  });

  it('runs the tasks of a worker that lost its power elsewhere, says so, and gets a new machine for it', async () => {
    await on('rm-m3', async (engine) => {
      const id = (await listNodes(engine)).find(({ hostname }) => hostname === worker)?.id ?? '';
      await changeNode(engine, id, { labels: { disk: 'ssd' } });
    });
    await succeed(['kill', worker], { store });
    const { code, stdout } = await tsmachine(['swarm', 'status'], { store });
    expect(code).to.equal(1);
    expect(stdout)
      .to.match(/FAULT: .*rm-w1.* stopped/)
      .and.contain(`tsmachine start ${worker}\n`)
      .and.contain(`tsmachine swarm replace ${worker}`);
    await converged('rm-m3', 4, worker);
    const entries = openStore(store);
    const { flags, ...facts } = await entries.readFacts(worker);
    await entries.writeFacts(worker, { ...facts, flags: { ...flags, 'nspawn-rootfs': '/nowhere.tar' } });
    const refused = await tsmachine(['swarm', 'replace', worker], { store });
    expect(refused.code, 'a machine that cannot be made again is not removed').to.equal(3);
    expect(refused.stderr).to.contain('/nowhere.tar');
    expect((await nodes('rm-m3')).map(({ hostname }) => hostname)).to.include(worker);
    await entries.writeFacts(worker, { ...facts, ...(flags ? { flags } : {}) });
    await succeed(['swarm', 'replace', worker], { store });
    const found = await nodes('rm-m3');
    expect(found).to.have.length(4);
    expect(found.find(({ hostname }) => hostname === worker)).to.deep.include({ state: 'ready', role: 'worker', labels: { disk: 'ssd' } });
    await load(worker);
    await on('rm-m3', spreadAgain);
    expect((await converged('rm-m3', 4)).sort()).to.deep.equal(all);
  });

  it('moves the tasks of a worker that is removed', async () => {
    await succeed(['rm', '-y', worker], { store });
    expect(await nodes('rm-m3')).to.have.length(3);
    expect(await on('rm-m3', running)).to.have.length(4);
    expect(await record())
      .to.have.property('members')
      .that.has.all.keys(...managers);
    expect((await tsmachine(['status', worker], { store })).code).to.equal(1);
  });

  it('survives the loss of its leader, and refuses to lose another manager, with the numbers', async () => {
    const leader = (await nodes('rm-m3')).find((node) => node.leader);
    expect(leader?.hostname).to.equal('rm-m3');
    await on('rm-m3', (engine) => changeNode(engine, leader?.id ?? '', { labels: { zone: 'a' } }));
    await succeed(['kill', 'rm-m3'], { store });
    await on('rm-m1', (engine) =>
      waitFor(
        async () => {
          const found = await listNodes(engine).catch(() => []); // while a leader is elected
          return found.some((node) => node.leader && node.hostname !== 'rm-m3') && found.some((node) => node.reachability === 'unreachable')
            ? true
            : undefined;
        },
        { timeout: 30_000, what: 'another leader' },
      ),
    );
    const { code, stderr } = await tsmachine(['swarm', 'leave', 'rm-m1'], { store });
    expect(code).to.equal(1);
    expect(stderr).to.match(
      /would lose its quorum without rm-m1: 1 of 2 managers reachable, 2 needed \(now 2 of 3 managers reachable, 2 needed\)/,
    );
    await converged('rm-m1', 4, 'rm-m3');
    const { stdout } = await tsmachine(['swarm', 'status'], { store });
    expect(stdout)
      .to.match(/Managers +2 of 3 reachable, 2 needed, 0 may fail; leader rm-m[12]\n/)
      .and.contain('tsmachine swarm replace rm-m3');
  });

  it('gets a new machine for it, with its role and its labels', async () => {
    await succeed(['swarm', 'replace', 'rm-m3'], { store });
    expect(await reachable('rm-m1')).to.deep.equal(managers);
    const found = await nodes('rm-m1');
    expect(found).to.have.length(3);
    expect(found.find(({ hostname }) => hostname === 'rm-m3')).to.deep.include({
      labels: { zone: 'a' },
      availability: 'active',
      role: 'manager',
    });
    expect(await record()).to.deep.include({ replacing: {} });
  });

  it('finishes a replacement that was killed', async () => {
    await on('rm-m1', (engine) => engine.request('DELETE', '/services/web')); // the new machine has no image for it
    await tsmachine(['swarm', 'replace', '--as', worker, 'rm-m2'], {
      store,
      onStart: (pid) => {
        setTimeout(() => {
          process.kill(pid, 'SIGKILL');
        }, 2500);
      },
    });
    expect(await record()).to.have.nested.property('replacing.rm-m2.by', worker);
    await succeed(['swarm', 'replace', 'rm-m2'], { store });
    expect(await reachable('rm-m1')).to.deep.equal(['rm-m1', 'rm-m3', worker]);
    expect(await nodes('rm-m1')).to.have.length(3);
    expect((await tsmachine(['status', 'rm-m2'], { store })).code).to.equal(1);
  });

  it('is gone with all its machines, at once', async () => {
    const { seconds } = await succeed(['rm', '-y', 'rm-m1', 'rm-m3', worker], { store });
    expect(seconds).to.be.below(10);
    expect(await record()).to.equal(undefined);
    expect(await openStore(store).names()).to.deep.equal([]);
  });
});
