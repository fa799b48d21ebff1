import { execFile, spawn } from 'node:child_process';
import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { expect } from 'chai';

import { machineId } from '../../drivers/nspawn/identity.js';
import type { DriverData } from '../../src/base/machine.js';
import { computerState } from '../helpers/computer.js';
import { openLab, type HostOptions, type Lab, type LabHost } from '../helpers/lab.js';
import { sampleSeed } from '../helpers/chance.js';
import { skip } from '../helpers/skip.js';

const run = promisify(execFile);
const helper = (name: string) => fileURLToPath(new URL(`../helpers/${name}`, import.meta.url));

describe('nspawn machines', function () {
  this.timeout(600_000);
  let lab: Lab;
  let untouched: string[];
  const names = new Set<string>();

  before(async function () {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) skip(this, 'nspawn machines need root on Linux');
    untouched = await computerState();
  });
  // A failed test must not fail those after it.
  beforeEach(async () => {
    lab = await openLab();
  });
  afterEach(async () => {
    await lab.close();
  });

  it('are up in seconds once the image is cached', async () => {
    await (await make('warm')).remove();
    const started = performance.now();
    const host = await make('quick');
    const seconds = (performance.now() - started) / 1000;
    expect(seconds).to.be.below(6);
    expect((await host.run('systemctl is-system-running || systemctl --failed')).stdout).to.equal('running\n');
    await host.remove();
    await expectAsFound();
  });

  for (const suite of ['bookworm', 'trixie', 'sid']) {
    it(`run containers and a swarm on ${suite}`, async () => {
      const host = await make(`on-${suite}`, { suite });
      await useEngine(host);
      await host.remove();
      await expectAsFound();
    });
  }

  it('survive a reboot from inside, a stop and a kill with a container running', async () => {
    const host = await make('restless');
    await useEngine(host);
    const { machine } = host;
    const { driver, ctx } = machine;
    const bootId = async () => (await host.run('cat /proc/sys/kernel/random/boot_id')).stdout;
    const first = await bootId();
    await host.run('systemd-run --on-active=1 systemctl reboot').catch(() => undefined);
    await host.disconnect();
    await until(async () => {
      const now = await bootId().catch(async () => {
        await host.disconnect();
        return first;
      });
      return now !== first;
    });
    expect((await machine.look()).state).to.equal('Running');
    await until(async () => (await host.run('docker ps -q')).stdout !== '');
    await host.disconnect();

    await driver.stop(machine.data, ctx);
    expect((await machine.look()).state).to.equal('Stopped');
    expect(
      (await computerState()).filter((line) => !line.startsWith('link tsm-') && line.includes(String(machine.data['Id']))),
    ).to.deep.equal([]);
    const ip = machine.data['IPAddress'];
    await driver.start(machine.data, ctx);
    expect(machine.data['IPAddress']).to.equal(ip);
    await until(async () => (await host.run('docker ps -q')).stdout !== '');
    await host.disconnect();

    await driver.kill(machine.data, ctx);
    expect((await machine.look()).state).to.equal('Stopped');
    await driver.start(machine.data, ctx);
    await host.run('true');
    await host.disconnect();
    await host.run('poweroff').catch(() => undefined);
    await host.disconnect();
    await until(async () => (await machine.look()).state === 'Stopped');
    await host.remove();
    await expectAsFound();
  });

  it('keep to their limits', async () => {
    const host = await make('small', { flags: { 'nspawn-memory': 300, 'nspawn-cpus': 1 } });
    const { stdout } = await host.run('head -c 400M /dev/zero | tail -c 400M | wc -c; nproc >/dev/null; echo done');
    expect(stdout).to.equal('0\ndone\n');
    await host.remove();
  });

  it('have names of any valid shape', async () => {
    for (const name of ['a.b-c.D', `${'long-'.repeat(15)}name`]) {
      const host = await make(name);
      const hostname = (await host.run('hostname')).stdout.trim();
      expect(name.toLowerCase().startsWith(hostname), hostname).to.equal(true);
      expect(hostname.length).to.be.at.most(63);
      await host.remove();
    }
  });

  it('live in the range they are given, and get out where the computer forwards nothing by default', async () => {
    const found = untouched.find((line) => line.startsWith('-P FORWARD '));
    await run('iptables', ['-P', 'FORWARD', 'DROP']);
    try {
      const [one, other] = await Promise.all(['one', 'other'].map((name) => make(name, { flags: { 'nspawn-cidr': '10.211.7.0/28' } })));
      if (!one || !other) throw new Error('two hosts were asked for');
      expect([one.ip, other.ip].sort()).to.deep.equal(['10.211.7.2', '10.211.7.3']);
      await one.run(`ping -c1 -W2 ${other.ip}`);
      await one.run('apt-get -q update', { timeout: 120_000 });
      await one.remove();
      await other.remove();
    } finally {
      await run('iptables', found?.split(' ') ?? ['-P', 'FORWARD', 'ACCEPT']);
    }
    await expectAsFound();
  });

  it('are out of reach of other networks unless they are open, and reach them', async () => {
    const [closed, open] = await Promise.all([make('closed'), make('open', { flags: { 'nspawn-open': true } })]);
    const outside = await openOutside(closed.ip);
    try {
      await outside.run(`! timeout 2 bash -c '</dev/tcp/${closed.ip}/22'`);
      await outside.run(`timeout 5 bash -c '</dev/tcp/${open.ip}/22'`);
      await closed.run(`ping -c1 -W5 ${outside.address}`);
      await open.run(`timeout 5 bash -c '</dev/tcp/${closed.ip}/22'`);
      await run('timeout', ['5', 'bash', '-c', `</dev/tcp/${closed.ip}/22`]);
    } finally {
      await outside.close();
    }
    await closed.remove();
    await open.remove();
    await expectAsFound();
  });

  it('may come from an own tarball', async () => {
    const tarball = join(lab.dir, 'own, root.tar');
    const model = await make('model', { engine: 'machine' });
    const image = join(lab.dir, 'lab', 'cache', 'nspawn', String(model.machine.data['Image']));
    await run('tar', ['-C', image, '-cf', tarball, '.'], { timeout: 120_000 });
    const host = await make('own', { flags: { 'nspawn-rootfs': tarball } });
    expect(host.machine.data['Image']).to.match(/^rootfs-/);
    await host.run('systemctl is-system-running');
    await host.remove();
    await model.remove();
    await rm(join(lab.dir, 'lab', 'cache', 'nspawn', String(host.machine.data['Image'])), { recursive: true });
  });

  it('say what is wrong with a tarball, a mirror and a boot', async () => {
    const empty = join(lab.dir, 'empty.tar');
    await mkdir(join(lab.dir, 'nothing'));
    await run('tar', ['-C', join(lab.dir, 'nothing'), '-cf', empty, '.']);
    await expectFailure('broken', { 'nspawn-rootfs': empty }, /there is no systemd in the tarball/, /--nspawn-rootfs/);
    await expectFailure(
      'broken',
      { 'nspawn-mirror': 'http://127.0.0.1:9/debian' },
      /trixie image from http:\/\/127\.0\.0\.1:9\/debian/,
      /--nspawn-mirror/,
    );
    await expectFailure('broken', { 'nspawn-suite': 'nosuchsuite' }, /does not know the release nosuchsuite/, /--nspawn-suite/);

    const elsewhere = join(lab.dir, 'elsewhere');
    await mkdir(elsewhere);
    const linked = join(lab.dir, 'linked');
    for (const dir of ['usr/lib/systemd', 'usr/sbin']) await mkdir(join(linked, dir), { recursive: true });
    for (const path of ['usr/lib/systemd/systemd', 'usr/sbin/sshd']) await writeFile(join(linked, path), '');
    await symlink(elsewhere, join(linked, 'etc'));
    await run('tar', ['-C', linked, '-cf', `${linked}.tar`, '.']);
    await expectFailure('broken', { 'nspawn-rootfs': `${linked}.tar` }, /\/etc of the root file system is not a folder/, /--nspawn-rootfs/);
    expect(await readdir(elsewhere)).to.deep.equal([]);

    const dead = join(lab.dir, 'dead');
    await mkdir(join(dead, 'usr/lib/systemd'), { recursive: true });
    await mkdir(join(dead, 'usr/sbin'));
    for (const path of ['usr/lib/systemd/systemd', 'usr/sbin/sshd']) await writeFile(join(dead, path), 'not a program', { mode: 0o755 });
    await run('tar', ['-C', dead, '-cf', `${dead}.tar`, '.']);
    await expectFailure(
      'broken',
      { 'nspawn-rootfs': `${dead}.tar` },
      /ended while it booted:\n[^]*(execv|init|os-release|OS tree)/i,
      /console\.log/,
    );
    await expectAsFound();
    for (const name of await readdir(join(lab.dir, 'lab', 'cache', 'nspawn'))) {
      if (name.startsWith('rootfs-')) await rm(join(lab.dir, 'lab', 'cache', 'nspawn', name), { recursive: true });
    }
  });

  it('can be made many at once, by several processes', async () => {
    const store = await lab.store('many');
    const many = Array.from({ length: 5 }, (_, index) => `many${index}`);
    for (const name of many) names.add(name);
    const made = await Promise.all(many.map((name) => inProcess('create', store, name)));
    const addresses = made.map(({ stdout }) => dataOf(stdout)['IPAddress']);
    expect(new Set(addresses).size).to.equal(many.length);
    await Promise.all(many.map((name) => inProcess('remove', store, name)));
    await expectAsFound();
  });

  it('are finished or removed whole after a kill -9 between any two steps', async () => {
    const store = await lab.store('killed');
    const every = process.env['TSMACHINE_FAULTS'] === 'all' ? 1 : 3; // a sample of the steps, another for each seed
    let step = sampleSeed % every;
    for (let finished = false, isContinued = false; !finished; isContinued = !isContinued) {
      step += every;
      const name = `step${step}`;
      names.add(name);
      finished = (await inProcess('create', store, name, { DIE_AFTER: String(step) })).signal === null;
      if (isContinued) {
        const { stdout, stderr } = await inProcess('create', store, name);
        expect(dataOf(stdout)['IPAddress'], `step ${step}: ${stderr}`).to.match(/^10\./);
      }
      const removed = await inProcess('remove', store, name);
      expect(removed.code, `step ${step}: ${removed.stderr}`).to.equal(0);
      await expectAsFound(`step ${step}`);
    }
    expect(step).to.be.above(15);
  });

  /** Where machines of others come and go meanwhile, only what is named after ours can be judged. */
  async function expectAsFound(when?: string): Promise<void> {
    const stores = (await readdir(lab.dir)).map((store) => join(lab.dir, store, 'machines'));
    const ids = [...names].flatMap((name) => stores.map((machines) => machineId(join(machines, name))));
    const state = await computerState();
    expect(
      state.filter((line) => line.includes(lab.dir) || ids.some((id) => line.includes(id))),
      when,
    ).to.deep.equal([]);
    if (!isShared(untouched) && !isShared(state)) expect(state, when).to.deep.equal(untouched);
  }

  async function make(name: string, options?: HostOptions): Promise<LabHost> {
    names.add(name);
    return lab.host(name, options);
  }

  async function expectFailure(name: string, flags: Record<string, string>, message: RegExp, hint: RegExp): Promise<void> {
    const error: unknown = await make(name, { flags }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const { config } = await lab.session.store.load(name);
    const { attachDriver } = await import('../../src/machine/machine.js');
    const machine = await attachDriver(lab.session, config);
    await machine.driver.remove(machine.data, machine.ctx);
    await lab.session.store.remove(name);
    expect(error).to.have.property('message').that.matches(message);
    expect(error).to.have.property('hint').that.matches(hint);
  }
});

interface Outside {
  readonly address: string;
  run(command: string): Promise<unknown>;
  close(): Promise<void>;
}

/** Another network, for which this computer is the way to the machines. */
async function openOutside(machine: string): Promise<Outside> {
  const name = `outside${process.pid}`;
  const link = `out${process.pid}`;
  await run('ip', ['netns', 'add', name]);
  const inside = (args: string) => run('ip', ['-n', name, ...args.split(' ')]);
  await run('ip', ['link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name]);
  await run('ip', ['addr', 'add', '198.51.100.1/30', 'dev', link]);
  await run('ip', ['link', 'set', link, 'up']);
  await inside('addr add 198.51.100.2/30 dev eth0');
  await inside('link set eth0 up');
  await inside(`route add ${machine.replace(/\d+$/, '0')}/24 via 198.51.100.1`);
  return {
    address: '198.51.100.2',
    run: (command) => run('ip', ['netns', 'exec', name, 'sh', '-c', command]),
    async close() {
      await run('ip', ['link', 'delete', link]);
      await run('ip', ['netns', 'delete', name]);
    },
  };
}

function isShared(state: readonly string[]): boolean {
  return state.some((line) => line.startsWith('cgroup ') || line.startsWith('process '));
}

/** Starts the engine as its package left it, and uses what machines are for. */
async function useEngine(host: LabHost): Promise<void> {
  const tar = await busyboxTar();
  await host.run('systemctl enable --now -q docker');
  await host.run('base64 -d | docker import - box', { input: tar });
  expect((await host.run('docker run --rm box /bin/busybox echo hello')).stdout).to.equal('hello\n');
  await host.run('docker run -d --restart always --init --name keep box /bin/busybox sleep 100000');
  await host.run(
    `docker swarm init --advertise-addr ${host.ip} && docker service create -q --detach --endpoint-mode dnsrr --name s box /bin/busybox sleep 100000`,
  );
  await until(async () => (await host.run('docker service ps s --format "{{.CurrentState}}"')).stdout.startsWith('Running'));
  await host.run('docker swarm leave --force');
}

async function busyboxTar(): Promise<string> {
  const { stdout } = await run('tar', ['-C', '/', '-c', 'bin/busybox'], { encoding: 'buffer', maxBuffer: 2 ** 24 });
  return stdout.toString('base64');
}

async function until(look: () => Promise<boolean>): Promise<void> {
  const { waitFor } = await import('../../src/base/wait.js');
  await waitFor(async () => (await look()) || undefined, { timeout: 60_000, interval: 200, what: 'a change' });
}

function dataOf(stdout: string): DriverData {
  const data: unknown = JSON.parse(stdout === '' ? '{}' : stdout);
  return typeof data === 'object' && data !== null ? { ...data } : {};
}

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

function inProcess(verb: 'create' | 'remove', store: string, name: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const deadly = env['DIE_AFTER'] === undefined ? [] : ['--require', helper('die-after-program.cjs')];
    const child = spawn(process.execPath, [...deadly, '--import', 'tsx', helper('nspawn-process.ts'), verb, store, name], {
      env: { ...process.env, ...env },
    });
    const out = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      out.stderr += text;
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve({ code, signal, ...out });
    });
  });
}
