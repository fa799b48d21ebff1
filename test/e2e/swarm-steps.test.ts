import { cp, readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { waitFor } from '../../src/base/wait.js';
import type { Engine } from '../../src/docker/client.js';
import { openStore } from '../../src/store/store.js';
import { joinToken, readCluster, unlockKey } from '../../src/swarm/engine/cluster.js';
import { listNodes } from '../../src/swarm/engine/nodes.js';
import { succeed, tsmachine, type CliResult } from '../helpers/cli.js';
import { engineOf } from '../helpers/image.js';
import { openLab, type Lab } from '../helpers/lab.js';

interface Row {
  readonly machine?: string;
  readonly node?: string;
  readonly role?: string;
  readonly status: string;
  readonly manager?: string;
  readonly labels: Record<string, string>;
}

describe('a swarm that is made step by step', () => {
  const [a, b, c] = ['steps-a', 'steps-b', 'steps-c'];
  let lab: Lab;
  let store: string;
  const said: string[] = [];
  const secrets = new Set<string>();

  before(async () => {
    lab = await openLab();
    store = await lab.store('store');
    await good('create', '-d', 'nspawn', a, b, c);
  });
  after(async () => {
    await tsmachine(['rm', '-f', a, b, c], { store });
    await lab.close();
  });

  /** Everything that is printed is kept, to be searched for secrets; --debug, so that there is all there could be. */
  async function run(...args: string[]): Promise<CliResult> {
    const result = await tsmachine(['--debug', ...args], { store });
    if (!args.includes('token')) said.push(result.stdout, result.stderr);
    return result;
  }
  async function good(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await run(...args);
    expect(code, `${args.join(' ')}: ${stdout}${stderr}`).to.equal(0);
    return stdout;
  }
  async function bad(status: number, ...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await run(...args);
    expect(code, `${args.join(' ')}: ${stdout}${stderr}`).to.equal(status);
    return stderr.replace(/^ {4}at .*\n/gm, '');
  }
  async function on<T>(machine: string, use: (engine: Engine) => Promise<T>): Promise<T> {
    const engine = await engineOf(store, machine, (await good('url', machine)).trim());
    try {
      return await use(engine);
    } finally {
      engine.close();
    }
  }
  const rows = async (...args: string[]) => JSON.parse(await good('swarm', 'nodes', '--json', ...args)) as Row[];
  const managers = async () =>
    (await rows())
      .filter(({ role }) => role === 'manager')
      .map(({ machine }) => machine)
      .sort();
  const token = async (...args: string[]) => {
    const { code, stdout, stderr } = await run('swarm', 'token', ...args);
    expect({ code, warned: /can join as a (worker|manager)/.test(stderr) }).to.deep.equal({ code: 0, warned: true });
    secrets.add(stdout.trim());
    return stdout.trim();
  };

  it('is refused whole when one option is wrong, before anybody is asked', async () => {
    const said = await bad(
      2,
      'swarm',
      'init',
      '--cert-expiry',
      '5m',
      '--data-path-port',
      '80',
      '--default-addr-pool',
      '10.0.0.1/8',
      'nobody',
    );
    expect(said)
      .to.match(/--cert-expiry: "5m" must be at least 1h/)
      .and.match(/--data-path-port: 80 must be .* from 1024 to 49151/)
      .and.match(/--default-addr-pool: /);
    expect(await bad(2, 'swarm', 'init', '--advertise-addr', 'host.example.com', 'nobody')).to.match(
      /--advertise-addr: "host.example.com" must be an IP address/,
    );
  });

  it('does not begin with an address that the host has not, and leaves no record', async () => {
    const ip = (await good('ip', b)).trim();
    const said = await bad(1, 'swarm', 'init', '--advertise-addr', '192.0.2.44', b);
    expect(said)
      .to.match(/steps-b" cannot initialise a swarm: .*cannot assign requested address/)
      .and.contain(`${b} has ${ip} (`);
    expect(await openStore(store).swarms.names()).to.deep.equal([]);
  });

  it('takes every option of a new swarm', async () => {
    const said = await good(
      'swarm',
      'init',
      '--name',
      'odd',
      '--default-addr-pool',
      '10.40.0.0/16',
      '--default-addr-pool',
      '10.41.0.0/16',
      '--default-addr-pool-mask-length',
      '26',
      '--data-path-port',
      '7789',
      '--cert-expiry',
      '48h',
      '--dispatcher-heartbeat',
      '1s',
      '--task-history-limit',
      '2',
      '--snapshot-interval',
      '500',
      '--max-snapshots',
      '3',
      '--external-ca',
      'protocol=cfssl,url=https://192.0.2.9/sign',
      '--autolock',
      '--availability',
      'pause',
      '--listen-addr',
      '0.0.0.0:12377',
      a,
    );
    expect(said).to.contain('The key is kept in the store: tsmachine swarm unlock odd');
    const made = await on(a, readCluster);
    expect(made).to.deep.include({ defaultAddrPool: ['10.40.0.0/16', '10.41.0.0/16'], subnetSize: 26, dataPathPort: 7789 });
    expect(made.spec).to.deep.include({
      Orchestration: { TaskHistoryRetentionLimit: 2 },
      Dispatcher: { HeartbeatPeriod: 1e9 },
      EncryptionConfig: { AutoLockManagers: true },
    });
    expect(made.spec.Raft).to.include({ SnapshotInterval: 500, KeepOldSnapshots: 3 });
    expect(made.spec.CAConfig).to.deep.include({ NodeCertExpiry: 48 * 3600e9 });
    expect(made.spec.CAConfig?.ExternalCAs?.[0]).to.include({ Protocol: 'cfssl', URL: 'https://192.0.2.9/sign' });
    const [leader] = await on(a, listNodes);
    expect(leader).to.include({ availability: 'pause', leader: true });
    const key = (await on(a, unlockKey)) ?? '';
    secrets.add(key);
    expect(await openStore(store).swarms.unlockKeys('odd')).to.deep.equal([key]);
  });

  it('is replaced by an ordinary one', async () => {
    await good('swarm', 'leave', a);
    await good('swarm', 'init', '--name', 'ordinary', '--autolock', '--dispatcher-heartbeat', '1s', a);
    secrets.add((await on(a, unlockKey)) ?? '');
  });

  it('gets a worker with labels, and keeps them when it joins again', async () => {
    await good('swarm', 'join', '--label', 'zone=a', '--label', 'disk=ssd', b);
    await good('swarm', 'join', '--label', 'zone=b', b);
    expect((await rows()).find(({ machine }) => machine === b)).to.deep.include({
      role: 'worker',
      status: 'ready',
      labels: { zone: 'b', disk: 'ssd' },
    });
    expect(await bad(1, 'swarm', 'join', a)).to.contain(`To make it a worker: tsmachine swarm demote ${a}`);
  });

  it('refuses a machine of another swarm, and names that', async () => {
    await good('swarm', 'init', '--name', 'other', c);
    expect(await bad(1, 'swarm', 'join', '--to', 'ordinary', c)).to.contain(
      `${c} is in swarm "other" already\nFree it first: tsmachine swarm leave --force ${c}`,
    );
    expect(await bad(1, 'swarm', 'init', '--name', 'third', c)).to.contain(`${c} is in swarm "other" already`);
    expect(await bad(2, 'swarm', 'nodes')).to.contain('Which swarm? There are ordinary, other');
    await good('swarm', 'leave', c);
  });

  it('keeps nothing of a manager that could not listen or be reached', async () => {
    expect(await bad(1, 'swarm', 'join', '--role', 'manager', '--advertise-addr', '192.0.2.44', c)).to.contain(`${c} has `);
    await good('ssh', c, 'iptables -I INPUT -p tcp --dport 2377 -j DROP');
    expect(await bad(1, 'swarm', 'join', '--role', 'manager', c)).to.contain('tsmachine swarm check shows which ports are blocked');
    await good('ssh', c, 'iptables -D INPUT -p tcp --dport 2377 -j DROP');
    expect((await on(a, listNodes)).map(({ hostname }) => hostname).sort()).to.deep.equal([a, b]);
    const status = await run('swarm', 'status');
    expect(status).to.include({ code: 1 });
    expect(status.stdout).to.contain(`FAULT: ${c} is not a node of the swarm\n  tsmachine swarm join --role manager ${c}`);
    await good('swarm', 'join', '--role', 'manager', c);
  });

  it('changes roles, and is never without a manager', async () => {
    await good('swarm', 'promote', b);
    expect(await managers()).to.deep.equal([a, b, c]);
    expect((await openStore(store).swarms.find('ordinary'))?.members[b]).to.include({ role: 'manager' });
    expect(await bad(1, 'swarm', 'demote', a, b, c)).to.match(/needs a manager, and .* are all its managers/);
    expect(await managers()).to.deep.equal([a, b, c]);
    await good('swarm', 'demote', a);
    expect((await rows()).find(({ machine }) => machine === a)).to.include({ role: 'worker', status: 'ready' });
    await good('swarm', 'promote', a);
  });

  it('changes labels and availability', async () => {
    expect(await good('swarm', 'label', b, 'zone=z', 'disk-', 'n=1')).to.equal('n=1\nzone=z\n');
    expect(JSON.parse(await good('swarm', 'label', '--json', b))).to.deep.equal({ n: '1', zone: 'z' });
    expect(await bad(2, 'swarm', 'label', b, 'x')).to.contain('"x" must be key=value, or key- to remove a label');
    for (const [verb, availability] of [
      ['drain', 'drain'],
      ['pause', 'pause'],
      ['activate', 'active'],
    ] as const) {
      await good('swarm', verb, b, c);
      const now = (await on(a, listNodes)).filter(({ hostname }) => hostname !== a).map((node) => node.availability);
      expect(now, verb).to.deep.equal([availability, availability]);
    }
  });

  it('gives its tokens and its root certificate, and replaces them', async () => {
    const [worker, manager] = [await token('worker'), await token('manager')];
    expect(await token('--rotate', 'worker')).not.to.equal(worker);
    expect(await token('manager')).to.equal(manager);
    expect(await on(a, (engine) => joinToken(engine, 'worker'))).to.equal(await token('worker'));
    const old = await good('swarm', 'ca');
    const made = await good('swarm', 'ca', '--rotate', '--cert-expiry', '96h');
    expect(made)
      .to.match(/^-----BEGIN CERTIFICATE-----\n/)
      .and.not.equal(old);
    const { spec, rotationInProgress } = await on(a, readCluster);
    expect(spec.CAConfig?.NodeCertExpiry).to.equal(96 * 3600e9);
    expect(rotationInProgress).to.equal(false);
    expect(JSON.parse(await good('swarm', 'inspect')))
      .to.include.keys('ID', 'Spec', 'TLSInfo')
      .and.not.include.keys('JoinTokens');
    for (const role of ['worker', 'manager'] as const) secrets.add(await on(a, (engine) => joinToken(engine, role)));
  });

  it('is shown with nodes that are no machines of a store', async () => {
    const elsewhere = await lab.store('elsewhere');
    await cp(join(store, 'certs'), join(elsewhere, 'certs'), { recursive: true });
    const url = (await good('url', a)).trim();
    for (const args of [
      ['create', '-d', 'none', '--url', url, a],
      ['swarm', 'init', '--name', 'theirs', a],
    ])
      await succeed(args, { store: elsewhere });
    const { stdout } = await tsmachine(['swarm', 'nodes', '--json'], { store: elsewhere });
    const found = JSON.parse(stdout) as Row[];
    expect(found.map(({ machine, node }) => [machine, node])).to.have.deep.members([
      [a, a],
      [undefined, b],
      [undefined, c],
    ]);
  });

  it('says what is wrong when a manager is down, and counts before another goes', async () => {
    await good('kill', c);
    await waitFor(async () => ((await rows()).find(({ machine }) => machine === c)?.manager === 'unreachable' ? true : undefined), {
      timeout: 30_000,
      what: 'the managers to miss one',
    });
    const { code, stdout } = await run('swarm', 'status');
    expect(code).to.equal(1);
    expect(stdout)
      .to.match(/Managers +2 of 3 reachable, 2 needed, 0 may fail; leader steps-/)
      .and.contain(`tsmachine start ${c}\n`);
    expect(await bad(1, 'swarm', 'demote', b)).to.contain('1 of 2 managers reachable, 2 needed (now 2 of 3 managers reachable, 2 needed)');
    // gives up long before, once all the others have theirs and the managers know that this one is down
    expect(await bad(1, 'swarm', 'ca', '--rotate', '--timeout', '120'))
      .to.match(/is waiting for steps-c \(down\);/)
      .and.contain('tsmachine swarm ca --wait ordinary');
    await good('start', c);
    expect(
      (await rows()).find(({ machine }) => machine === c),
      'start unlocks it',
    ).to.include({ status: 'ready' });
    await good('ssh', c, 'systemctl restart docker');
    expect((await rows()).find(({ machine }) => machine === c)).to.include({ status: 'locked' });
    expect((await run('swarm', 'status')).stdout).to.contain(`FAULT: ${c} is locked\n  tsmachine swarm unlock ordinary`);
    await good('swarm', 'unlock');
    await good('swarm', 'ca', '--wait');
  });

  it('is healthy again', async () => {
    await waitFor(async () => ((await run('swarm', 'status')).code === 0 ? true : undefined), {
      timeout: 30_000,
      what: 'the swarm to be healthy',
    });
  });

  it('has told no secret to anybody, and keeps none but the keys', async () => {
    expect([...secrets].every((secret) => secret.length > 20)).to.equal(true);
    const keys = join(store, 'swarms', 'ordinary', 'unlock-keys.json');
    expect((await stat(keys)).mode & 0o777).to.equal(0o600);
    const texts = [...said, ...(await storeTexts(store))];
    for (const secret of secrets) expect(texts.filter((text) => text.includes(secret))).to.deep.equal([]);
    expect(texts.join()).not.to.match(/SWMTKN-|SWMKEY-/);
  });
});

async function storeTexts(store: string): Promise<string[]> {
  const entries = await readdir(store, { recursive: true, withFileTypes: true });
  const files = entries.filter(
    (entry) =>
      entry.isFile() &&
      entry.name !== 'unlock-keys.json' &&
      /\/(machines|swarms|certs)(\/|$)/.test(entry.parentPath) &&
      !/\/(root|upper|docker|work|lower)(\/|$)/.test(entry.parentPath),
  );
  return Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name), 'latin1')));
}
