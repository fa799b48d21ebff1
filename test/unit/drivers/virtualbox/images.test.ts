import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import type { Leftover } from '../../../../src/driver/contract.js';
import { restart } from '../../../stand-ins/virtualbox/vms.js';
import { failureOf } from '../../../helpers/failure.js';
import { Bench } from './bench.js';

describe('virtualbox: image disks on the list of media', () => {
  let bench: Bench;
  let base: string;
  let disk: string;

  beforeEach(async () => {
    bench = new Bench();
    await bench.parse();
    await bench.create();
    base = String(bench.data['BaseDisk']);
    disk = join(bench.ctx.machineDir, 'disk.vdi');
    bench.registered = [bench.machine.registered('m1', bench.ctx.machineDir)];
  });

  const list = async () => (await bench.driver.leftovers?.(bench.account)) ?? [];
  const images = async () => (await list()).filter(({ kind }) => kind === 'VirtualBox image disk');
  const owners = async () => (await images()).map(({ owner }) => owner);
  const discard = async (...all: Leftover[]) => {
    for (const one of all) await bench.driver.discard?.(one, bench.account);
  };
  const theImage = async () => {
    const [image] = await images();
    if (!image) throw new Error('no image disk is listed');
    return image;
  };
  const refusal = async (image: Leftover) => (await failureOf(discard(image))).message;
  const deleteStore = () => {
    for (const folder of ['machines', 'cache']) rmSync(join(bench.dir, folder), { recursive: true });
  };
  /** A machine of another store on the same path, or below another root. */
  const another = (root = bench.dir) => {
    const path = join(root, 'machines', 'm2');
    const owner = { store: randomUUID(), machine: randomUUID() };
    bench.registered = [...bench.registered, { owner, name: 'm2', path, resources: [] }];
    return { path, owner };
  };
  const layer = (path: string) => {
    const parent = bench.world.media[base]?.uuid ?? '';
    bench.world.media[path] = { uuid: randomUUID(), kind: 'disk', parent, format: 'VDI', capacity: 1 };
  };

  it('are listed after the VMs, as what the machines of their store share', async () => {
    const { store } = bench.machine.owner;
    const id = bench.world.media[base]?.uuid;
    const found = await list();
    expect(found.map(({ kind }) => kind)).to.deep.equal(['VirtualBox VM', 'VirtualBox image disk']);
    expect(found[1]).to.deep.equal({ kind: 'VirtualBox image disk', id, name: base.split('/').at(-1), owner: { store } });
    bench.registered = [];
    expect(await owners()).to.deep.equal([{ store }]);
  });

  it('leave the list with their store, whether VirtualBox ran on, was restarted, or has lost the VM', async () => {
    const vms = await list();
    const { media } = structuredClone(bench.world);
    for (const lost of [false, true]) {
      if (lost) bench.world.vms = {};
      if (existsSync(bench.ctx.machineDir)) deleteStore();
      bench.world.media = structuredClone(media);
      await discard(...(await list()));
      expect(bench.world.media).to.deep.equal({});
    }
    bench.world.media = { [base]: media[base] as (typeof media)[string] };
    restart(bench.world);
    bench.world.media = { [base]: media[base] as (typeof media)[string] }; // VirtualBox keeps those of its own list, as inaccessible
    await discard(...(await list()));
    expect(bench.left()).to.deep.equal([]);
    await discard(...vms);
  });

  it('stay while a disk is based on them, with a living file or without', async () => {
    const image = await theImage();
    expect(await refusal(image)).to.equal(`The disk ${disk} is based on ${base}`);
    deleteStore();
    expect(await refusal(image)).to.equal(`The disk ${disk} is based on ${base}`);
    expect(Object.keys(bench.world.media)).to.include.members([base, disk]);
  });

  it('stay while VirtualBox cannot open a VM of their store: its disk may only be unmounted', async () => {
    const image = await theImage();
    const { [base]: medium } = bench.world.media;
    rmSync(bench.ctx.machineDir, { recursive: true });
    restart(bench.world);
    expect(Object.keys(bench.world.media)).to.deep.equal([base]);
    expect(await refusal(image)).to.match(/^The VM .*m1\.vbox may be based on /);
    expect(bench.world.media).to.deep.equal({ [base]: medium });
  });

  it('keep their file, and come back with the next machine', async () => {
    const image = await theImage();
    bench.world.vms = {};
    delete bench.world.media[disk];
    rmSync(disk);
    await discard(image, image);
    expect([existsSync(base), base in bench.world.media]).to.deep.equal([true, false]);
    await bench.create();
    expect(await images()).to.deep.equal([image]);
  });

  it('are those of the machine that uses them, where another store lies on the path of a deleted one', async () => {
    const { path, owner } = another();
    expect(await owners()).to.deep.equal([{ store: bench.machine.owner.store }]);
    layer(join(path, 'disk.vdi'));
    rmSync(bench.ctx.machineDir, { recursive: true });
    mkdirSync(path);
    expect(await owners()).to.deep.equal([{ store: owner.store }]);
    bench.world.vms = {};
    bench.world.media = { [base]: bench.world.media[base] as (typeof bench.world.media)[string] };
    expect(await owners()).to.deep.equal([{ store: bench.machine.owner.store }]);
  });

  it('are those of a machine of another store that is based on them, and nobody of ours when a stranger uses them', async () => {
    const { path, owner } = another(join(bench.dir, 'elsewhere'));
    bench.world.vms = {};
    delete bench.world.media[disk];
    layer(join(path, 'disk.vdi'));
    expect(await owners()).to.deep.equal([{ store: owner.store }]);
    layer('/home/ann/VirtualBox VMs/clone.vdi');
    expect(await images()).to.deep.equal([]);
  });

  it('are not what lies elsewhere, or has no store', async () => {
    const foreign = '/home/ann/VirtualBox VMs/disk.vdi';
    layer(foreign);
    const medium = bench.world.media[foreign];
    if (medium) medium.parent = '';
    expect((await images()).map(({ name }) => name)).to.deep.equal([base.split('/').at(-1)]);
    expect(await refusal({ kind: 'VirtualBox image disk', id: medium?.uuid ?? '' })).to.equal(`The disk ${foreign} is not tsmachine's`);
    for (const vm of Object.values(bench.world.vms)) delete vm.extra['tsmachine/owner-store'];
    bench.registered = [];
    expect(await images()).to.deep.equal([]);
  });

  it('say what VirtualBox keeps, and are gone when somebody else was faster', async () => {
    const image = await theImage();
    bench.world.vms = {};
    delete bench.world.media[disk];
    bench.fault = (call) => (call.startsWith('closemedium') ? { stderr: 'VBoxManage: error: It is locked\n' } : undefined);
    expect(await refusal(image)).to.equal(`VirtualBox keeps the disk ${base}: It is locked`);
    bench.fault = (call) => {
      if (!call.startsWith('closemedium')) return undefined;
      bench.world.media = {};
      return { stderr: 'VBoxManage: error: Could not find it\n' };
    };
    await discard(image);
  });
});
