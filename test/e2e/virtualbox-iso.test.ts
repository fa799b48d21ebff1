import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';

import { isoImage } from '../../src/guest/iso/image.js';
import { runContainer } from '../../src/docker/containers.js';
import { succeed, tsmachine } from '../helpers/cli.js';
import { engineOf, labImage, loadLabImage } from '../helpers/image.js';
import { openLab, type Lab } from '../helpers/lab.js';
import { StandIn } from '../stand-ins/virtualbox/index.js';

describe('virtualbox, a machine that boots from an ISO, played by a machine of systemd-nspawn', () => {
  let lab: Lab;
  let store: string;
  let vbox: StandIn;
  let iso: string;
  let isOpen = false;
  const run = (...args: string[]) => succeed(args, { store, env: vbox.env });
  const publish = (version: string) => {
    writeFileSync(iso, isoImage(`Boot2Docker-${version}`, [], new Date(0)));
  };
  const booted = () =>
    readFileSync(join(store, 'machines', 'b1', 'boot2docker.iso'))
      .toString('latin1', 0x8028, 0x8036)
      .trim();
  const starts = () => vbox.calls().filter(([verb]) => verb === 'startvm').length;
  const container = async () => {
    const engine = await engineOf(store, 'b1', (await run('url', 'b1')).stdout.trim());
    try {
      return await runContainer(engine, { image: labImage, cmd: ['echo', 'hello'] });
    } finally {
      engine.close();
    }
  };

  before(async () => {
    lab = await openLab();
    store = await lab.store('store');
    vbox = await StandIn.open(lab.dir);
    isOpen = true;
    iso = join(lab.dir, 'b2d.iso');
    publish('v1');
    await run(
      'create',
      '-d',
      'virtualbox',
      '--virtualbox-boot2docker-url',
      iso,
      '--virtualbox-disk-size',
      '1000',
      '--virtualbox-no-vtx-check',
      '--virtualbox-nat-only',
      'b1',
    );
    const engine = await engineOf(store, 'b1', (await run('url', 'b1')).stdout.trim());
    await loadLabImage(engine);
    engine.close();
  });
  after(async () => {
    if (!isOpen) return;
    await tsmachine(['rm', '-f', 'b1'], { store, env: vbox.env });
    await lab.close();
  });

  it('says so where its ISO is the newest, and lets it run', async () => {
    const before = starts();
    expect((await run('upgrade', 'b1')).stdout).to.equal('b1 already boots from the newest image, v1\n');
    expect(starts()).to.equal(before);
    const refused = await tsmachine(['upgrade', '--engine-version', '28', 'b1'], { store, env: vbox.env });
    expect(refused.code).to.equal(2);
    expect(refused.stderr).to.match(
      /^The engine of b1 is part of the image it boots from \(v1\): its version cannot be chosen\nWithout --engine-version b1 gets the newest image\n/,
    );
  });

  it('boots from a newer one after `upgrade`, with its engine and images', async () => {
    publish('v2');
    const { stdout } = await run('upgrade', 'b1');
    expect(stdout.split('\n')).to.include.members([
      'Stopping machine to do the upgrade...',
      'Upgrading machine "b1"...',
      'Starting machine back up...',
      '"b1" now boots from v2 instead of v1.',
    ]);
    expect(booted()).to.equal('Boot2Docker-v2');
    expect(await container()).to.include({ exitCode: 0, stdout: 'hello\n' });
  });

  it('is back on the former one where it does not come up with the newer one', async () => {
    publish('v3');
    vbox.fail({ call: '^startvm ', stderr: 'VBoxManage: error: The ISO is broken\n', times: 1 });
    const { code, stderr } = await tsmachine(['upgrade', 'b1'], { store, env: vbox.env });
    expect(code).to.equal(1);
    expect(stderr).to.contain('b1 does not come up with v3 and is back on v2: Unable to start the VM: The ISO is broken');
    expect(booted()).to.equal('Boot2Docker-v2');
    expect(await container()).to.include({ exitCode: 0, stdout: 'hello\n' });
  });

  it('touches nothing where the newer one is none, and goes without a trace', async () => {
    writeFileSync(iso, '<html>');
    truncateSync(iso, 100_000);
    const { code, stderr } = await tsmachine(['upgrade', 'b1'], { store, env: vbox.env });
    expect([code, stderr]).to.deep.equal([1, `${iso} is not an ISO image\nCheck the path\n`]);
    expect((await run('status', 'b1')).stdout).to.equal('Running\n');
    await run('rm', '-y', 'b1');
    expect(vbox.world()).to.deep.include({ vms: {}, media: {} });
  });
});
