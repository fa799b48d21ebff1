import { expect } from 'chai';

import { waitFor } from '../../src/base/wait.js';
import { handshake } from '../../src/docker/handshake.js';
import { openStore } from '../../src/store/store.js';
import { unlockKey, updateCluster } from '../../src/swarm/engine/cluster.js';
import { changeNode, listNodes } from '../../src/swarm/engine/nodes.js';
import { listTasks } from '../../src/swarm/engine/tasks.js';
import { succeed, tsmachine } from '../helpers/cli.js';
import { openLab, type Lab } from '../helpers/lab.js';
import { forgetSources, offerNewerEngine } from '../helpers/newer-engine.js';
import { createService, loadImages, nodesSeenBy, running, withEngine } from '../helpers/swarm.js';

describe('a swarm that is changed node by node', () => {
  const managers = ['rl-m1', 'rl-m2', 'rl-m3'];
  const worker = 'rl-w1';
  const all = [...managers, worker];
  let lab: Lab;
  let store: string;

  before(async () => {
    lab = await openLab();
    store = await lab.store('store');
    await succeed(['create', '-d', 'nspawn', ...all], { store });
    await loadImages(store, all);
    await succeed(['swarm', 'init', '--name', 'roll', 'rl-m1'], { store });
    await succeed(['swarm', 'join', '--role', 'manager', 'rl-m2', 'rl-m3'], { store });
    await succeed(['swarm', 'join', worker], { store });
    await createService(store, 'rl-m1', 'web', 4);
    await running(store, 'rl-m1', 'web', 4);
  });
  after(async () => {
    await tsmachine(['rm', '-f', ...all], { store });
    await lab.close();
  });

  const host = async (name: string, command: string) => (await succeed(['ssh', name, command], { store })).stdout;
  const served = (name: string) => withEngine(store, name, async ({ target }) => (await handshake(target)).fingerprint256);
  const allServed = async () => Object.fromEntries(await Promise.all(all.map(async (name) => [name, await served(name)] as const)));
  const leader = async () => (await nodesSeenBy(store, 'rl-m1')).find((node) => node.leader)?.hostname ?? '';
  /** Managers with the leader last of them, then the worker. */
  const order = async () => {
    const last = await leader();
    return [...managers.filter((name) => name !== last), last, worker];
  };
  /** Whom each line of the output that ends so is about. */
  const told = (stdout: string, end: string) => stdout.split('\n').flatMap((line) => (line.endsWith(end) ? [line.split(' ')[0]] : []));
  const health = async (seenBy: string) =>
    (await nodesSeenBy(store, seenBy))
      .map(({ hostname, state, availability, reachability }) => [hostname, state, availability, reachability])
      .sort();
  const well = [...managers.map((name) => [name, 'ready', 'active', 'reachable']), [worker, 'ready', 'active', undefined]];

  /** How many tasks ran at the worst moment while something was done. The managers are asked in turn: one of them always answers. */
  async function worstDuring(work: () => Promise<void>): Promise<{ worst: number; samples: number; away: number }> {
    const samples: number[] = [];
    let away = 0;
    let over = false;
    const sampling = waitFor(
      async () => {
        for (const name of managers) {
          try {
            samples.push(
              await withEngine(store, name, async (engine) => {
                const [nodes, tasks] = await Promise.all([listNodes(engine), listTasks(engine, {})]);
                away = Math.max(away, nodes.filter(({ availability, state }) => availability === 'drain' || state === 'down').length);
                return tasks.filter(
                  ({ state, desired, node }) =>
                    state === 'running' && desired === 'running' && nodes.some(({ id, state: is }) => id === node && is !== 'down'),
                ).length;
              }),
            );
            break;
          } catch {
            continue; // the one that restarts, or an election
          }
        }
        return over ? true : undefined;
      },
      { timeout: 300_000, interval: 200, maxInterval: 200, what: 'the samples' },
    );
    try {
      await work();
    } finally {
      over = true;
      await sampling;
    }
    return { worst: Math.min(...samples), samples: samples.length, away };
  }

  it('shows what it would do, and touches nothing', async () => {
    const before = await allServed();
    const { stdout } = await succeed(['swarm', 'regenerate-certs', '--dry-run', 'roll'], { store });
    expect(stdout.split('\n')).to.deep.equal([
      'Swarm "roll", 4 nodes in this order:',
      '  rl-m2 (manager): new server certificate',
      '  rl-m3 (manager): new server certificate',
      '  rl-m1 (leader): new server certificate',
      '  rl-w1 (worker): new server certificate',
      '',
    ]);
    expect(await allServed()).to.deep.equal(before);
    expect(await openStore(store).swarms.find('roll')).not.to.have.property('renewing');
  });

  it('gives every engine a new certificate, one node at a time, the leader last, while the service runs', async () => {
    const before = await allServed();
    const expected = await order();
    const { worst, samples, away } = await worstDuring(async () => {
      const { stdout } = await succeed(['swarm', 'regenerate-certs'], { store });
      expect(told(stdout, 'serves its new certificate.')).to.deep.equal(expected);
      expect(stdout).to.contain('docker service update --force');
    });
    expect(samples).to.be.above(10);
    expect(worst, 'tasks at the worst moment').to.be.at.least(2);
    expect(away, 'nodes that were away at once').to.equal(1);
    const after = await allServed();
    for (const name of all) expect(after[name], name).not.to.equal(before[name]);
    expect(await health('rl-m1')).to.deep.equal(well);
    expect(await openStore(store).swarms.find('roll')).to.deep.include({ drained: {} });
  });

  it('stops at the first failure, says what remains, and goes on with that', async () => {
    const [first = '', broken = '', ...rest] = await order();
    const before = await allServed();
    await host(broken, 'cp /etc/docker/daemon.json /root/kept.json; echo "{ broken" >/etc/docker/daemon.json');
    const { code, stdout, stderr } = await tsmachine(['swarm', 'regenerate-certs', 'roll'], { store });
    expect(code).to.equal(1);
    expect(told(stdout, 'serves its new certificate.')).to.deep.equal([first]);
    expect(stderr).to.contain(`Done: ${first}. Not done: ${[broken, ...rest].join(', ')}`);
    expect(stderr).to.contain('Then continue with the others: tsmachine swarm regenerate-certs roll');
    const middle = await allServed();
    expect(all.filter((name) => middle[name] !== before[name])).to.deep.equal([first]);
    expect(await health('rl-m1'), 'the engine of the one that failed was not touched').to.deep.equal(well);

    await host(broken, 'mv /root/kept.json /etc/docker/daemon.json');
    const second = await succeed(['swarm', 'regenerate-certs', 'roll'], { store });
    expect(told(second.stdout, 'serves its new certificate.')).to.deep.equal([broken, ...rest]);
    expect(second.stdout).to.contain(`Nothing to do on ${first}.`);
    const after = await allServed();
    expect(after[first]).to.equal(middle[first]);
    for (const name of [broken, ...rest]) expect(after[name], name).not.to.equal(before[name]);
    expect(await health('rl-m1')).to.deep.equal(well);
  });

  it('begins with the one whose engine does not come back, which stays drained until it does', async () => {
    const [first = '', second = ''] = await order();
    const before = await allServed();
    const dropIn = '/etc/systemd/system/docker.service.d/99-broken.conf';
    await host(first, `printf '[Service]\nExecStartPre=/bin/false\n' >${dropIn}; systemctl daemon-reload`);
    const { code, stdout, stderr } = await tsmachine(['swarm', 'regenerate-certs', 'roll'], { store });
    expect(code).to.equal(1);
    expect(told(stdout, 'serves its new certificate.')).to.deep.equal([]);
    expect(stderr).to.contain(`Nothing is done. Not done: ${first}, ${second}`);
    expect(stderr).to.contain(`${first} stays drained`);
    expect((await openStore(store).swarms.find('roll'))?.drained).to.deep.equal({ [first]: 'active' });

    await host(first, `rm ${dropIn}; systemctl daemon-reload`);
    const { stdout: went } = await succeed(['swarm', 'regenerate-certs', 'roll'], { store });
    expect(told(went, 'serves its new certificate.')[0]).to.equal(first);
    const after = await allServed();
    for (const name of all) expect(after[name], name).not.to.equal(before[name]);
    expect(await health(second)).to.deep.equal(well);
  });

  it('has nothing to do where no engine is newer', async () => {
    await Promise.all(all.map((name) => host(name, forgetSources)));
    const { stdout } = await succeed(['swarm', 'upgrade'], { store });
    expect(stdout).to.equal('Swarm "roll": nothing to do.\n');
    const { stdout: json } = await succeed(['swarm', 'upgrade', '--json'], { store });
    expect(JSON.parse(json)).to.deep.equal({ swarm: 'roll', notes: [], skipped: all, turns: [], done: true });
  });

  it('upgrades the node that can have a newer engine, puts it back as it was, and is done then', async () => {
    const [, , newest = ''] = (await host(worker, offerNewerEngine)).split(' ');
    const version = newest.replace('+lab1', '');
    await withEngine(store, 'rl-m1', async (engine) => {
      const { id = '' } = (await listNodes(engine)).find(({ hostname }) => hostname === worker) ?? {};
      await changeNode(engine, id, { availability: 'pause' });
    });
    const { stdout } = await succeed(['swarm', 'upgrade', 'roll'], { store });
    expect(stdout)
      .to.match(new RegExp(`rl-w1 \\(worker\\): docker\\.io \\S+ -> ${newest.replace('+', '\\+')}`))
      .and.to.contain('Nothing to do on rl-m1, rl-m2, rl-m3.');
    expect(stdout).to.contain(`rl-w1 runs Docker ${version}`);
    const node = (await nodesSeenBy(store, 'rl-m1')).find(({ hostname }) => hostname === worker);
    expect(node).to.deep.include({ availability: 'pause', state: 'ready' });
    expect(node?.engineVersion).to.contain(version);
    expect((await succeed(['swarm', 'upgrade', 'roll'], { store })).stdout).to.equal('Swarm "roll": nothing to do.\n');
  });

  it('unlocks managers that lock themselves', async () => {
    await withEngine(store, 'rl-m1', async (engine) => {
      await updateCluster(engine, (spec) => ({ ...spec, EncryptionConfig: { AutoLockManagers: true } }));
      await openStore(store).swarms.keepUnlockKey('roll', (await unlockKey(engine)) ?? '');
    });
    const before = await allServed();
    await succeed(['swarm', 'regenerate-certs', '--no-drain'], { store });
    const after = await allServed();
    for (const name of all) expect(after[name], name).not.to.equal(before[name]);
    expect((await health('rl-m1')).map(([, state, , reachability]) => [state, reachability])).to.deep.equal(
      well.map(([, state, , reachability]) => [state, reachability]),
    );
  });
});
