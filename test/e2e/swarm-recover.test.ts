import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import '../helpers/state-dir.js';
import { silentIo } from '../../src/base/io.js';
import { openMachine } from '../../src/machine/machine.js';
import { openSession } from '../../src/session.js';
import { waitFor } from '../../src/base/wait.js';
import { openStore } from '../../src/store/store.js';
import { updateCluster } from '../../src/swarm/engine/cluster.js';
import { membershipOf } from '../../src/swarm/engine/membership.js';
import { changeNode, type Node } from '../../src/swarm/engine/nodes.js';
import { manifestName, seal, unseal } from '../../src/transfer/archive/archive.js';
import { succeed, tsmachine } from '../helpers/cli.js';
import { openLab, type Lab } from '../helpers/lab.js';
import { createService, loadImages, nodesSeenBy, running, withEngine } from '../helpers/swarm.js';

describe('a swarm after disasters', () => {
  const managers = ['rcv-m1', 'rcv-m2', 'rcv-m3'];
  const worker = 'rcv-w1';
  const all = [...managers, worker];
  const create = ['create', '-d', 'nspawn', '--nspawn-cidr', '10.211.97.0/28'];
  let lab: Lab;
  let store: string;
  let other: string;
  let backup: string;

  before(async () => {
    lab = await openLab();
    [store, other] = await Promise.all([lab.store('store'), lab.store('other')]);
    backup = join(lab.dir, 'swarm.tsm');
    await succeed([...create, ...all], { store });
    await loadImages(store, all);
    await succeed(['swarm', 'init', '--name', 'rcv', 'rcv-m1'], { store });
    await succeed(['swarm', 'join', '--role', 'manager', 'rcv-m2', 'rcv-m3'], { store });
    await succeed(['swarm', 'join', worker], { store });
    await withEngine(store, 'rcv-m1', async (engine) => {
      for (const { id, hostname } of await nodesSeenBy(store, 'rcv-m1')) await changeNode(engine, id, { labels: { was: hostname } });
    });
    await change('rcv-m2', { availability: 'drain' });
    await createService(store, 'rcv-m1', 'web', 3);
    await running(store, 'rcv-m1', 'web', 3);
  });
  after(async () => {
    await tsmachine(['rm', '-f', ...all, 'rcv-r1'], { store });
    await tsmachine(['rm', '-f', 'rcv-squatter'], { store: other });
    await lab.close();
  });

  const record = () => openStore(store).swarms.find('rcv');
  /** The backup with something before the state in it, and a digest that fits. */
  async function damagedCopy(passphrase: string): Promise<string> {
    const files = await unseal(await readFile(backup), () => Promise.resolve(passphrase));
    const changed = files.map(({ path, content }) => ({
      path,
      content: path === manifestName ? content : Buffer.concat([Buffer.from('Welcome\n'), content]),
    }));
    const file = join(lab.dir, 'damaged.tsm');
    await writeFile(file, await seal(changed, { modified: new Date(0) }));
    return file;
  }
  const ip = async (name: string) => (await succeed(['ip', name], { store })).stdout.trim();
  const nodeOf = async (seenBy: string, name: string) => (await nodesSeenBy(store, seenBy)).filter(({ hostname }) => hostname === name);

  async function change(name: string, wanted: Parameters<typeof changeNode>[2]): Promise<void> {
    await withEngine(store, 'rcv-m1', async (engine) => {
      await changeNode(engine, (await nodeOf('rcv-m1', name))[0]?.id ?? '', wanted);
    });
  }

  /** Machines go away without tsmachine knowing of it. */
  async function destroy(names: readonly string[]): Promise<void> {
    const session = openSession({ storePath: store, io: silentIo, signal: new AbortController().signal });
    await Promise.all(
      names.map(async (name) => {
        const { driver, data, ctx } = await openMachine(session, name);
        await driver.remove(data, ctx);
      }),
    );
  }

  /** One line for each node; sorted. */
  async function told(seenBy: string): Promise<string[]> {
    return waitFor(
      async () => {
        const nodes = await nodesSeenBy(store, seenBy);
        return nodes.every(isWell) ? nodes.map(line).sort() : undefined;
      },
      { timeout: 60_000, maxInterval: 500, what: 'every node to be well' },
    );
  }
  const isWell = ({ state, role, reachability }: Node) => state === 'ready' && (role === 'worker' || reachability === 'reachable');
  const line = ({ hostname, role, availability, labels }: Node) => `${hostname} ${role} ${availability} ${labels['was'] ?? '-'}`;

  const whole = [
    'rcv-m1 manager active rcv-m1',
    'rcv-m2 manager drain rcv-m2',
    'rcv-m3 manager active rcv-m3',
    'rcv-w1 worker active rcv-w1',
  ];

  it('is not recovered while it has its quorum, or would have it if machines were only started', async () => {
    const { code, stderr } = await tsmachine(['swarm', 'recover'], { store });
    expect(code).to.equal(1);
    expect(stderr).to.contain('has its quorum: 3 of 3 managers reachable, 2 needed');
    await succeed(['kill', 'rcv-m1', 'rcv-m2'], { store });
    const refused = await tsmachine(['swarm', 'recover'], { store });
    expect(refused.code).to.equal(1);
    expect(refused.stderr).to.contain('1 of 3 managers reachable, 2 needed').and.contain('tsmachine start rcv-m1 rcv-m2');
  });

  it('is brought back with services, labels and roles after two of three managers were destroyed', async () => {
    await destroy(['rcv-m1', 'rcv-m2']);
    const { stderr, seconds } = await succeed(['swarm', 'recover', '--force'], { store }); // to the driver they are only off
    expect(stderr).to.contain('tsmachine swarm replace rcv-m1').and.contain('tsmachine swarm replace rcv-m2');
    expect(await told('rcv-m3')).to.deep.equal(whole.slice(2));
    await running(store, 'rcv-m3', 'web', 3);
    for (const name of ['rcv-m1', 'rcv-m2']) await succeed(['swarm', 'replace', name], { store });
    await loadImages(store, ['rcv-m1', 'rcv-m2']);
    expect(await told('rcv-m3')).to.deep.equal(whole);
    expect(await record()).to.deep.include({ rejoining: {} });
    console.log(`      recovered in ${seconds.toFixed(1)} s`);
  });

  it('is saved from a manager that does not lead, which is back afterwards', async () => {
    const { stdout, seconds } = await succeed(['swarm', 'backup', 'rcv', '-o', backup], {
      store,
      env: { TSMACHINE_PASSPHRASE: 'correct horse' },
    });
    const [, source = ''] = /from (\S+) to/.exec(stdout) ?? [];
    const leader = (await nodesSeenBy(store, 'rcv-m3')).find((node) => node.leader)?.hostname;
    expect(managers.filter((name) => name !== leader)).to.include(source);
    expect((await stat(backup)).mode & 0o777).to.equal(0o600);
    expect(await told('rcv-m3')).to.deep.equal(whole);
    expect((await tsmachine(['ssh', source, 'ls /var/tmp'], { store })).stdout).to.not.contain('tsmachine-swarm');
    console.log(`      saved in ${seconds.toFixed(1)} s`);
  });

  it('is unlocked by one command after all its managers were restarted, and by tsmachine restart itself', async () => {
    await withEngine(store, 'rcv-m3', (engine) =>
      updateCluster(engine, (spec) => ({ ...spec, EncryptionConfig: { AutoLockManagers: true } })),
    );
    await succeed(['swarm', 'unlock', '--rotate-key'], { store });
    await Promise.all(managers.map((name) => succeed(['ssh', name, 'systemctl restart docker'], { store })));
    const states = await Promise.all(managers.map((name) => withEngine(store, name, async (engine) => (await membershipOf(engine)).state)));
    expect(states).to.deep.equal(['locked', 'locked', 'locked']);
    const { stdout, stderr } = await succeed(['swarm', 'unlock'], { store });
    expect(stdout + stderr).to.not.contain('SWMKEY');
    expect(await told('rcv-m3')).to.deep.equal(whole);
    expect((await succeed(['restart', 'rcv-m2'], { store })).stderr).to.not.contain('not back in its swarm');
    expect(await told('rcv-m3')).to.deep.equal(whole);
    await withEngine(store, 'rcv-m3', (engine) =>
      updateCluster(engine, (spec) => ({ ...spec, EncryptionConfig: { AutoLockManagers: false } })),
    );
  });

  it('is whole again after all its nodes were restarted, a worker under another address', async () => {
    const before = await ip(worker);
    await succeed(['stop', ...all], { store });
    const dir = join(store, 'machines', worker);
    await rename(dir, `${dir}.unmounted`); // a disk that is not there for a while: the address is given to somebody else
    await succeed([...create, 'rcv-squatter'], { store: other });
    await rename(`${dir}.unmounted`, dir);
    await succeed(['start', ...all], { store });
    const now = await ip(worker);
    expect(now).to.not.equal(before);
    expect(await told('rcv-m3')).to.deep.equal(whole);
    expect(await withEngine(store, worker, async (engine) => (await membershipOf(engine)).address)).to.equal(now);
    const doctor = await tsmachine(['doctor', worker, '--json'], { store });
    expect(doctor.stdout).to.match(/"check": "swarm",[^}]*"level": "ok"/);
  });

  it('is restored onto a fresh machine that has the address of the saved one; the others join it when they return', async () => {
    const env = { TSMACHINE_PASSPHRASE: 'correct horse' };
    const working = await tsmachine(['swarm', 'restore', backup, 'rcv-m1'], { store, env });
    expect(working.code).to.equal(1);
    expect(working.stderr).to.contain('Swarm "rcv" still works');
    const damaged = await damagedCopy(env.TSMACHINE_PASSPHRASE);
    const refused = await tsmachine(['swarm', 'restore', '--force', damaged, 'rcv-m1'], { store });
    expect(refused.code).to.equal(1);
    expect(refused.stderr).to.match(/The swarm state from \S+ is not complete: /);
    expect(await told('rcv-m3'), 'the swarm that works is left alone').to.deep.equal(whole);
    const source = managers.find((name) => working.stderr.includes(`taken from ${name} `)) ?? 'rcv-m1';
    await succeed(['kill', ...managers], { store });
    await destroy([source]);
    await succeed([...create, 'rcv-r1'], { store });
    expect(await ip('rcv-r1'), 'the address that was free').to.equal(
      (await succeed(['inspect', '-f', '{{.Driver.IPAddress}}', source], { store })).stdout.trim(),
    );
    await loadImages(store, ['rcv-r1']);
    const { seconds } = await succeed(['swarm', 'restore', backup, 'rcv-r1'], { store, env });
    const back = managers.filter((name) => name !== source);
    await succeed(['start', ...back], { store });
    const lines = await told('rcv-r1');
    expect(lines).to.include.members(whole.filter((one) => !one.startsWith(source)));
    expect(lines).to.have.length(4);
    await running(store, 'rcv-r1', 'web', 3);
    console.log(`      restored in ${seconds.toFixed(1)} s`);
  });
});
