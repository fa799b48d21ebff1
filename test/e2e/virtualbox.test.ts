import { spawnSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';

import { waitFor } from '../../src/base/wait.js';
import { runContainer } from '../../src/docker/containers.js';
import { newEd25519 } from '../../src/system/ed25519.js';
import { succeed, tsmachine } from '../helpers/cli.js';
import { engineOf, labImage, loadLabImage } from '../helpers/image.js';
import { openLab, type Lab } from '../helpers/lab.js';
import { skip } from '../helpers/skip.js';
import { StandIn } from '../stand-ins/virtualbox/index.js';

/** In what VirtualBox allows; the machines of systemd-nspawn that play the guests stand in it. */
const cidr = `192.168.${56 + (process.pid % 8)}.1/24`;

describe('virtualbox, its VMs played by machines of systemd-nspawn', () => {
  let lab: Lab;
  let store: string;
  let vbox: StandIn;
  let create: string[];
  let isOpen = false;
  const run = (...args: string[]) => succeed(args, { store, env: vbox.env });

  before(async function () {
    if (spawnSync('xorriso', ['-version']).error) skip(this, 'the stand-in for VirtualBox reads seeds with xorriso, which is missing');
    lab = await openLab();
    store = await lab.store('store');
    vbox = await StandIn.open(lab.dir);
    isOpen = true;
    const image = join(lab.dir, 'image.raw');
    writeFileSync(image, 'x');
    truncateSync(image, 2 ** 20);
    create = ['create', '-d', 'virtualbox', '--virtualbox-image', image, '--virtualbox-no-vtx-check', '--virtualbox-hostonly-cidr', cidr];
  });
  after(async () => {
    if (!isOpen) return;
    await tsmachine(['rm', '-f', 'v1', 'v2', 'v3', 'nat'], { store, env: vbox.env });
    await lab.close();
  });

  it('three at once: one host-only interface, distinct ports and addresses; a container runs; they stop, start and go without a trace', async () => {
    await run(...create, 'v1', 'v2', 'v3');
    const { vms, interfaces } = vbox.world();
    expect(Object.keys(interfaces)).to.deep.equal(['vboxnet0']);
    expect(new Set(Object.values(vms).flatMap(({ forwards }) => forwards)).size).to.equal(3);
    const urls = (await run('ls', '-f', '{{.URL}}')).stdout.trim().split('\n');
    expect(new Set(urls).size).to.equal(3);
    const engine = await engineOf(store, 'v1', (await run('url', 'v1')).stdout.trim());
    await loadLabImage(engine);
    expect(await runContainer(engine, { image: labImage, cmd: ['echo', 'hello'] })).to.include({ exitCode: 0, stdout: 'hello\n' });
    engine.close();
    await run('stop', 'v1');
    expect((await run('status', 'v1')).stdout).to.equal('Stopped\n');
    await run('start', 'v1');
    await run('restart', 'v2');
    expect((await run('ssh', 'v2', 'hostname')).stdout).to.equal('v2\n');
    await run('rm', '-y', 'v1', 'v2', 'v3');
    expect(vbox.world()).to.deep.include({ vms: {}, media: {}, interfaces: {}, dhcp: {} });
  });

  it('killed while the VM starts, the next create goes on with the same VM', async () => {
    const started = () => vbox.calls().filter(([verb]) => verb === 'startvm').length;
    const before = started();
    const killed = await tsmachine([...create, 'v1'], {
      store,
      env: vbox.env,
      onStart: (pid) => {
        void waitFor(() => started() > before || undefined, { timeout: 120_000, interval: 50, maxInterval: 50, what: 'startvm' }).then(() =>
          process.kill(pid, 'SIGKILL'),
        );
      },
    });
    expect(killed.signal).to.equal('SIGKILL');
    const [id] = Object.keys(vbox.world().vms);
    const { stdout } = await run(...create, 'v1');
    expect(stdout).to.match(/Continuing the interrupted creation of v1/);
    expect(Object.keys(vbox.world().vms)).to.deep.equal([id]);
    expect((await run('ls', '-f', '{{.Name}} {{.State}} {{.DockerVersion}}')).stdout).to.match(/^v1 Running v\d/);
    await run('rm', '-y', 'v1');
    expect(vbox.world()).to.deep.include({ vms: {}, media: {}, interfaces: {}, dhcp: {} });
  });

  it('nat-only: engine and SSH by 127.0.0.1, without a host-only interface; another host key than the pinned one is refused', async () => {
    await run(...create, '--virtualbox-nat-only', 'nat');
    expect((await run('url', 'nat')).stdout).to.match(/^tcp:\/\/127\.0\.0\.1:\d+\n$/);
    expect((await run('ls', '-f', '{{.DockerVersion}}')).stdout).to.match(/^v\d/);
    expect(vbox.world().interfaces).to.deep.equal({});
    const file = join(store, 'machines', 'nat', 'known_hosts');
    const pinned = await readFile(file, 'utf8');
    const [type, key] = newEd25519('other').public.split(' ');
    await writeFile(file, `nat ${type ?? ''} ${key ?? ''}\n`);
    const refused = await tsmachine(['provision', 'nat'], { store, env: vbox.env });
    expect(refused.code).to.equal(1);
    expect(refused.stderr).to.match(/host key/i);
    await writeFile(file, pinned);
    await run('rm', '-y', 'nat');
    expect(vbox.world()).to.deep.include({ vms: {}, media: {} });
  });
});
