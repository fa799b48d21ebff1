import { execFile, spawnSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

import { expect } from 'chai';

import type { GcItem } from '../../src/machine/gc/gc.js';
import { openStoreRegistry } from '../../src/store/registry.js';
import { succeed, tsmachine } from '../helpers/cli.js';
import { computerState } from '../helpers/computer.js';
import { openLab, type Lab } from '../helpers/lab.js';
import { skip } from '../helpers/skip.js';
import { StandIn } from '../stand-ins/virtualbox/index.js';

const run = promisify(execFile);
const cidr = `192.168.${56 + (process.pid % 8)}.1/24`;

describe('after a store was deleted by hand', () => {
  let lab: Lab;
  let vbox: StandIn;
  let env: NodeJS.ProcessEnv;
  let doomed: string;
  let kept: string;
  let isOpen = false;

  before(async function () {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) skip(this, 'nspawn machines need root on Linux');
    if (spawnSync('xorriso', ['-version']).error) skip(this, 'the stand-in for VirtualBox reads seeds with xorriso, which is missing');
    lab = await openLab();
    vbox = await StandIn.open(lab.dir);
    isOpen = true;
    // what other stores of this computer have is no part of the test
    env = { ...vbox.env, TSMACHINE_STATE_DIR: join(lab.dir, 'state') };
    doomed = await lab.store('doomed');
    kept = await lab.store('kept');
  });
  after(async () => {
    if (!isOpen) return;
    await tsmachine(['gc', '-y'], { store: kept, env });
    for (const [store, names] of [
      [doomed, ['n1', 'n2', 'n3', 'v1', 'v2']],
      [kept, ['stays', 'v-stays']],
    ] as const)
      await tsmachine(['rm', '-f', ...names], { store, env });
    await lab.close();
  });

  it('gc finds and removes its machines of nspawn and VirtualBox, and leaves those of another store alone', async () => {
    const nspawn = ['create', '-d', 'nspawn'];
    // an image for each store: the stores of a test share their cache, where those of people have disks, and UUIDs, of their own
    const virtualbox = (store: string) => {
      const image = join(lab.dir, `${basename(store)}.raw`);
      writeFileSync(image, 'x');
      truncateSync(image, 2 ** 20);
      return ['create', '-d', 'virtualbox', '--virtualbox-image', image, '--virtualbox-no-vtx-check'];
    };
    const hostOnly = ['--virtualbox-hostonly-cidr', cidr];
    const in_ = (store: string) => ({ store, env });

    await succeed([...nspawn, 'stays'], in_(kept));
    await succeed([...virtualbox(kept), ...hostOnly, 'v-stays'], in_(kept));
    const stateBefore = await computerState();
    const worldBefore = vbox.world();
    const ofKept = async () => (await succeed(['ls', '-f', '{{.Name}} {{.State}} {{.URL}}'], in_(kept))).stdout;
    const keptBefore = await ofKept();
    expect(keptBefore).to.match(/^stays Running tcp:.*\nv-stays Running tcp:/);

    await succeed([...nspawn, 'n1', 'n2', 'n3'], in_(doomed));
    await succeed([...virtualbox(doomed), ...hostOnly, 'v1', 'v2'], in_(doomed));
    expect((await succeed(['gc', '--json'], in_(kept))).stdout).to.equal('[]\n');
    // what runs keeps some folders busy: a person sees that, and goes on
    await run('rm', ['-rf', doomed]).catch(() => undefined);
    expect(await computerState()).not.to.deep.equal(stateBefore);

    const listed = await succeed(['gc', '--json'], in_(kept));
    const items = JSON.parse(listed.stdout) as GcItem[];
    expect(items.filter(({ removable }) => !removable)).to.deep.equal([]);
    const count = (kind: string) => items.filter((item) => item.kind === kind).length;
    const counts = ['nspawn machine', 'VirtualBox VM', 'VirtualBox image disk'].map(count);
    expect(counts, listed.stdout).to.deep.equal([3, 2, 1]);
    expect((await succeed(['ls'], in_(kept))).stderr).to.match(/5 machines of a deleted store may still exist/);

    const nobody = await tsmachine(['gc'], in_(kept));
    expect(nobody.code).to.equal(1);
    const removed = await succeed(['gc', '-y'], in_(kept));
    expect(removed.stderr, removed.stdout).to.match(/Removed (\d+) of \1\./);

    expect((await succeed(['gc', '--json'], in_(kept))).stdout).to.equal('[]\n');
    expect((await succeed(['ls'], in_(kept))).stderr).not.to.contain('deleted store');
    expect(await computerState()).to.deep.equal(stateBefore);
    const { vms, media, interfaces, dhcp } = vbox.world();
    expect(Object.keys(vms)).to.deep.equal(Object.keys(worldBefore.vms));
    expect(Object.keys(media)).to.deep.equal(Object.keys(worldBefore.media));
    expect(Object.keys(interfaces)).to.deep.equal(Object.keys(worldBefore.interfaces));
    expect(Object.keys(dhcp)).to.deep.equal(Object.keys(worldBefore.dhcp));
    expect(await ofKept()).to.equal(keptBefore);
    // the machines that play VMs stand in stores of the stand-in
    const paths = (await openStoreRegistry(env['TSMACHINE_STATE_DIR'] ?? '').all()).map(({ path }) => path);
    expect(paths).to.include(kept).and.not.to.include(doomed);
  });
});
