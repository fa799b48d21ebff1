import { spawnSync } from 'node:child_process';
import { existsSync, truncateSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { runContainer } from '../../src/docker/containers.js';
import { newEd25519 } from '../../src/system/ed25519.js';
import { succeed, tsmachine } from '../helpers/cli.js';
import { StandIn } from '../stand-ins/hyperv/index.js';
import { engineOf, labImage, loadLabImage } from '../helpers/image.js';
import { openLab, type Lab } from '../helpers/lab.js';
import { skip } from '../helpers/skip.js';

/** The machines of systemd-nspawn that play the guests stand in it. */
const network = `10.209.${process.pid % 200}.1`;

describe('hyperv, its VMs played by machines of systemd-nspawn', () => {
  let lab: Lab;
  let store: string;
  let standIn: StandIn;
  let create: string[];
  let isOpen = false;
  const run = (...args: string[]) => succeed(args, { store, env: standIn.env });

  before(async function () {
    if (spawnSync('xorriso', ['-version']).error) skip(this, 'the stand-in for Hyper-V reads seeds with xorriso, which is missing');
    lab = await openLab();
    store = await lab.store('store');
    standIn = await StandIn.open(lab.dir, network);
    isOpen = true;
    const image = join(lab.dir, 'image.raw');
    writeFileSync(image, 'x');
    truncateSync(image, 2 ** 20);
    create = ['create', '-d', 'hyperv', '--hyperv-image', image];
  });
  after(async () => {
    if (!isOpen) return;
    await tsmachine(['rm', '-f', 'h1', 'h2'], { store, env: standIn.env });
    await lab.close();
  });

  it('two at once get engines that answer over TLS; they stop, start, restart, are killed and go without a trace', async () => {
    await run(...create, '--hyperv-cpu-count', '2', '--hyperv-memory', '2048', '--hyperv-disable-dynamic-memory', 'h1', 'h2');
    const vms = Object.values(standIn.world().vms);
    expect(vms.map(({ name }) => name).sort()).to.deep.equal(['h1', 'h2']);
    for (const { settings } of vms) {
      expect(settings).to.include({
        generation: '2',
        cpus: '2',
        memory: String(2 ** 31),
        dynamic: 'false',
        firmware: 'MicrosoftUEFICertificateAuthority',
        switch: 'external',
        checkpoints: 'off',
      });
      expect(settings['notes']).to.match(/^Made by tsmachine [0-9a-f-]{36} store [0-9a-f-]{36} machine [0-9a-f-]{36}$/);
    }
    const urls = (await run('ls', '-f', '{{.URL}}')).stdout.trim().split('\n');
    expect(new Set(urls).size).to.equal(2);
    const engine = await engineOf(store, 'h1', (await run('url', 'h1')).stdout.trim());
    await loadLabImage(engine);
    expect(await runContainer(engine, { image: labImage, cmd: ['echo', 'hello'] })).to.include({ exitCode: 0, stdout: 'hello\n' });
    engine.close();
    await run('stop', 'h1');
    expect((await run('status', 'h1')).stdout).to.equal('Stopped\n');
    await run('start', 'h1');
    expect((await run('ssh', 'h1', 'hostname')).stdout).to.equal('h1\n');
    await run('restart', 'h1');
    await run('kill', 'h2');
    expect((await run('status', 'h2')).stdout).to.equal('Stopped\n');
    await run('rm', '-y', 'h1', 'h2');
    expect(standIn.world().vms).to.deep.equal({});
    expect(existsSync(join(store, 'machines', 'h1'))).to.equal(false);
  });

  it('goes on where a create failed; refuses another host key than the pinned one; forgets a VM that others deleted', async () => {
    const again = [...create, '--hyperv-virtual-switch', 'Default Switch', 'h1'];
    standIn.fail({ script: 'drives', message: 'The operation failed.', times: 1 });
    const failed = await tsmachine(again, { store, env: standIn.env });
    expect(failed.stderr).to.include('Hyper-V could not attach the drives: The operation failed.');
    await run(...again);
    expect(Object.keys(standIn.world().vms)).to.have.length(1);
    expect((await run('ls', '-f', '{{.DockerVersion}}')).stdout).to.match(/^v\d/);
    const file = join(store, 'machines', 'h1', 'known_hosts');
    const pinned = await readFile(file, 'utf8');
    const [type, key] = newEd25519('other').public.split(' ');
    await writeFile(file, `h1 ${type ?? ''} ${key ?? ''}\n`);
    const refused = await tsmachine(['provision', 'h1'], { store, env: standIn.env });
    expect(refused.code).to.equal(1);
    expect(refused.stderr).to.match(/host key/i);
    await writeFile(file, pinned);
    const [vm] = Object.values(standIn.world().vms);
    await run('kill', 'h1');
    standIn.forget(vm?.uuid ?? '');
    const { stderr } = await tsmachine(['start', 'h1'], { store, env: standIn.env });
    expect(stderr).to.include('machine does not exist: Hyper-V has no VM for h1');
    await run('rm', '-y', 'h1');
    expect((await run('ls', '-q')).stdout).to.equal('');
  });
});
