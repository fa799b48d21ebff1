import { mkdtempSync, readdirSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';

import { waitFor } from '../../src/base/wait.js';
import { runContainer } from '../../src/docker/containers.js';
import { succeed, tsmachine, type CliResult } from '../helpers/cli.js';
import { engineOf, labImage, loadLabImage } from '../helpers/image.js';
import { skip } from '../helpers/skip.js';
import { StandIn } from '../stand-ins/virtualbox/index.js';
import { endAll, leftovers } from '../stand-ins/virtualbox/qemu/leftovers.js';
import { factsOf } from './facts.js';
import { watchSsh, type FirstContact } from './first-contact.js';
import { ensureImage, obstacle } from './image.js';

const diskSize = 8000;
/** In what VirtualBox allows. */
const network = `192.168.${56 + (process.pid % 8)}`;

describe('virtualbox, its VMs real ones, of QEMU', () => {
  let dir: string | undefined;
  let vbox: StandIn;
  let store: string;
  let create: string[];
  const running = new Set<number>();
  const run = async (...args: string[]) => {
    let pid = 0;
    try {
      return await succeed(args, {
        store,
        env: vbox.env,
        onStart: (own) => {
          running.add((pid = own));
        },
      });
    } finally {
      running.delete(pid);
    }
  };

  before(async function () {
    const why = obstacle();
    if (why !== undefined) skip(this, why);
    this.timeout(25 * 60_000);
    const image = ensureImage();
    dir = mkdtempSync('/var/tmp/tsmachine-guest-');
    store = join(dir, 'store');
    vbox = await StandIn.open(dir, undefined, 'qemu/player.ts');
    create = [
      'create',
      '-d',
      'virtualbox',
      '--virtualbox-image',
      image,
      '--virtualbox-disk-size',
      String(diskSize),
      '--virtualbox-no-vtx-check',
    ];
  });
  after(async () => {
    if (dir === undefined) return;
    for (const pid of running) process.kill(pid, 'SIGTERM'); // a test that ran out of time goes on in them
    await waitFor(() => running.size === 0 || undefined, { timeout: 60_000, what: 'interrupted commands to end' });
    await tsmachine(['rm', '-f', 'full', 'nat'], { store, env: vbox.env });
    await endAll(vbox.home);
    await rm(dir, { recursive: true });
  });

  /** Creates a machine and watches what its SSH server shows from its first moment on. */
  async function made(name: string, ...flags: string[]): Promise<{ result: CliResult; contact: FirstContact }> {
    const watched = new AbortController();
    try {
      const [result, contact] = await Promise.all([run(...create, ...flags, name), watchSsh(vbox, name, watched.signal)]);
      return { result, contact };
    } finally {
      watched.abort();
    }
  }

  function note(name: string, { result, contact }: { result: CliResult; contact: FirstContact }): void {
    console.log(`      ${name}: SSH ${contact.seconds.toFixed(0)} s after the VM's start, created in ${result.seconds.toFixed(0)} s`);
  }

  it('a cloud image becomes the machine that was asked for, by its seed alone, and runs a container', async () => {
    const full = await made('full', '--virtualbox-hostonly-cidr', `${network}.1/24`, '--virtualbox-cpu-count', '2');
    note('with a host-only network', full);
    const { stdout, stderr } = full.result;
    expect(stdout + stderr).not.to.match(/trusted from now on|warn/i);
    const pinned = await readFile(join(store, 'machines', 'full', 'known_hosts'), 'utf8');
    expect(full.contact.keys).to.deep.equal([pinned.trim().replace(/^full /, '')]);

    const url = (await run('url', 'full')).stdout.trim();
    expect(url).to.match(new RegExp(`^tcp://${network.replaceAll('.', '\\.')}\\.\\d+:2376$`));
    const engine = await engineOf(store, 'full', url);
    await loadLabImage(engine);
    expect(await runContainer(engine, { image: labImage, cmd: ['echo', 'hello'] })).to.include({ exitCode: 0, stdout: 'hello\n' });
    engine.close();

    const facts = await factsOf((command) => run('ssh', 'full', command));
    expect(facts.hostname).to.equal('full');
    expect(facts.login).to.equal('docker docker');
    expect(facts.sudo).to.equal('root');
    expect(facts.rootMegabytes).to.be.within(diskSize * 0.9, diskSize);
    expect(facts.addresses).to.deep.equal({ enp0s3: ['10.0.2.15/24'], enp0s8: [`${new URL(url).hostname}/24`] });
    expect(facts.defaultRoutes).to.deep.equal(['enp0s3 10.0.2.2']);
    expect(facts.cloudInit).to.deep.equal({
      status: 'done',
      extended: 'done',
      errors: [],
      recoverable: {},
      source: 'DataSourceNoCloud [seed=/dev/sr0]',
    });
    expect(facts.sources).to.equal('datasource_list: [NoCloud]');
    expect(facts.hostKeys).to.deep.equal(['ssh_host_ed25519_key']);
    expect(facts.failedUnits).to.equal('');
    expect(await readFile(join(store, 'machines', 'full', 'console.log'), 'utf8')).to.match(/full login:/);
  });

  it('is switched off by its power button, comes back as the one it was, is killed and goes without a trace', async () => {
    const before = await factsOf((command) => run('ssh', 'full', command));
    const stopped = await run('stop', 'full');
    expect(stopped.stdout + stopped.stderr).not.to.match(/did not power off/);
    expect((await run('status', 'full')).stdout).to.equal('Stopped\n');
    const started = await run('start', 'full');
    console.log(`      stopped in ${stopped.seconds.toFixed(0)} s, started in ${started.seconds.toFixed(0)} s`);
    expect(started.stdout + started.stderr).not.to.match(/trusted from now on/);
    expect((await run('ls', '-f', '{{.State}} {{.DockerVersion}}')).stdout).to.match(/^Running v\d/);
    const { addresses, defaultRoutes, cloudInit, hostKeys, failedUnits } = await factsOf((command) => run('ssh', 'full', command));
    expect({ addresses, defaultRoutes, cloudInit, hostKeys, failedUnits }).to.deep.equal({
      addresses: before.addresses,
      defaultRoutes: before.defaultRoutes,
      cloudInit: before.cloudInit,
      hostKeys: before.hostKeys,
      failedUnits: '',
    });
    await run('kill', 'full');
    expect((await run('status', 'full')).stdout).to.equal('Stopped\n');
    await run('rm', '-y', 'full');
    expect(vbox.world()).to.deep.include({ vms: {}, media: {}, interfaces: {}, dhcp: {} });
    expect(traces()).to.deep.equal([]);
  });

  it('nat-only, with another adapter and the engine at boot: engine and SSH by forwarded ports alone', async () => {
    const nat = await made('nat', '--virtualbox-nat-only', '--virtualbox-nat-nictype', 'virtio', '--virtualbox-engine-at-boot');
    note('nat-only', nat);
    expect(nat.result.stdout + nat.result.stderr).not.to.match(/trusted from now on|warn|Installing Docker/i);
    const pinned = await readFile(join(store, 'machines', 'nat', 'known_hosts'), 'utf8');
    expect(nat.contact.keys).to.deep.equal([pinned.trim().replace(/^nat /, '')]);
    expect((await run('url', 'nat')).stdout).to.match(/^tcp:\/\/127\.0\.0\.1:\d+\n$/);
    expect((await run('ls', '-f', '{{.State}} {{.DockerVersion}}')).stdout).to.match(/^Running v\d/);
    const facts = await factsOf((command) => run('ssh', 'nat', command));
    expect(facts).to.deep.include({
      hostname: 'nat',
      addresses: { enp0s3: ['10.0.2.15/24'] },
      defaultRoutes: ['enp0s3 10.0.2.2'],
      failedUnits: '',
    });
    await run('rm', '-y', 'nat');
    expect(vbox.world()).to.deep.include({ vms: {}, media: {}, interfaces: {}, dhcp: {} });
    expect(traces()).to.deep.equal([]);
  });

  /** What the VMs had outside of the store: processes, network interfaces, disks. The base's content stays, as the base in the cache does. */
  function traces(): string[] {
    const { processes, interfaces } = leftovers(vbox.home);
    return [
      ...processes.map(String),
      ...interfaces,
      ...readdirSync(join(vbox.home, 'content')).slice(1),
      ...readdirSync(join(vbox.home, 'guests')),
    ];
  }
});
