import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { TsmachineError } from '../../../../src/base/errors.js';
import { plain } from '../../../../src/base/text.js';
import { simple } from '../../../stand-ins/virtualbox/answer.js';
import { restart } from '../../../stand-ins/virtualbox/vms.js';
import { failureOf } from '../../../helpers/failure.js';
import { Bench } from './bench.js';

const theirs = '7a1d6a20-4669-415a-8a1d-6a2046691503';

describe('virtualbox: what is left over', () => {
  const created = async (flags = {}) => {
    const bench = new Bench();
    await bench.parse(flags);
    await bench.create();
    return bench;
  };
  const all = async (bench: Bench) => (await bench.driver.leftovers?.(bench.account)) ?? [];
  /** Without image disks, which have tests of their own. */
  const list = async (bench: Bench) => (await all(bench)).filter(({ kind }) => kind !== 'VirtualBox image disk');
  const discardAll = async (bench: Bench) => {
    for (const one of await all(bench)) await bench.driver.discard?.(one, bench.account);
  };
  const foreignVm = (bench: Bench) => {
    simple(bench.world, 'createvm', ['--basefolder', join(bench.dir, 'theirs'), '--name', 'theirs', '--uuid', theirs, '--register']);
    return structuredClone(bench.world.vms[theirs]);
  };
  const remembered = (bench: Bench, resources = true) => {
    const id = String(bench.data['VMId']);
    bench.registered = [
      {
        owner: bench.machine.owner,
        name: 'm1',
        path: bench.ctx.machineDir,
        resources: resources ? [{ kind: 'VirtualBox VM', id }] : [],
      },
    ];
    return id;
  };

  it('is a VM with its owner and folder; what it uses and what others made is not listed', async () => {
    const bench = await created();
    foreignVm(bench);
    expect(await list(bench)).to.deep.equal([
      {
        kind: 'VirtualBox VM',
        id: bench.data['VMId'],
        name: 'm1',
        owner: bench.machine.owner,
        path: bench.ctx.machineDir,
      },
    ]);
  });

  it('a VM that runs is removed with its disks and its network, twice; the base stays in the cache, foreign things stay', async () => {
    const bench = await created();
    const before = foreignVm(bench);
    const [one] = await list(bench);
    if (!one) throw new Error('nothing is left over');
    await bench.driver.discard?.(one, bench.account);
    expect(bench.left()).to.deep.equal([theirs]);
    expect(bench.world.vms[theirs]).to.deep.equal(before);
    expect([existsSync(String(bench.data['BaseDisk'])), existsSync(join(bench.ctx.machineDir, 'm1'))]).to.deep.equal([true, false]);
    await bench.driver.discard?.(one, bench.account);
    expect(await list(bench)).to.deep.equal([]);
  });

  for (const byId of [true, false]) {
    it(`a VM whose folder was deleted by hand is known by the registry: by its ${byId ? 'UUID' : 'folder'}`, async () => {
      const bench = await created();
      const id = remembered(bench, byId);
      const before = foreignVm(bench);
      for (const vm of Object.values(bench.world.vms)) if (vm.uuid === id) vm.state = 'poweroff';
      rmSync(bench.ctx.machineDir, { recursive: true });
      restart(bench.world);
      expect(await list(bench)).to.deep.equal([
        { kind: 'VirtualBox VM', id, name: 'm1', owner: bench.machine.owner, path: bench.ctx.machineDir },
      ]);
      await discardAll(bench);
      expect(bench.left()).to.deep.equal([theirs]);
      expect(bench.world.vms[theirs]).to.deep.equal(before);
    });
  }

  it('a VM whose folder was deleted while VirtualBox ran is removed with the disks on its list', async () => {
    const bench = await created();
    rmSync(bench.ctx.machineDir, { recursive: true });
    await discardAll(bench);
    expect(bench.left()).to.deep.equal([]);
  });

  it('an inaccessible VM that nobody remembers is not ours, and neither is a clone of one of ours', async () => {
    const bench = await created();
    const before = foreignVm(bench);
    const [own] = Object.values(bench.world.vms);
    Object.assign(bench.world.vms[theirs] ?? {}, { extra: { ...own?.extra } });
    expect((await list(bench)).map(({ id }) => id)).to.deep.equal([bench.data['VMId']]);
    Object.assign(bench.world.vms[theirs] ?? {}, { ...before, closed: true });
    expect((await list(bench)).map(({ id }) => id)).to.deep.equal([bench.data['VMId']]);
    const failed = await failureOf(bench.driver.discard?.({ kind: 'VirtualBox VM', id: theirs }, bench.account) ?? Promise.resolve());
    expect(failed.message).to.equal(`The VM ${theirs} is not tsmachine's`);
    expect(bench.world.vms[theirs]).to.include({ closed: true });
  });

  it('of a VM that was deleted in VirtualBox: its disks, when its folder is gone; a folder that is there keeps them', async () => {
    const bench = await created();
    remembered(bench);
    bench.world.vms = {};
    const media = Object.keys(bench.world.media).filter((path) => path.startsWith(bench.ctx.machineDir));
    expect(await list(bench)).to.deep.equal([
      { kind: 'VirtualBox host-only interface', id: 'vboxnet0', name: 'vboxnet0', owner: { store: bench.machine.owner.store } },
    ]);
    rmSync(bench.ctx.machineDir, { recursive: true });
    const disks = (await list(bench)).filter(({ kind }) => kind === 'VirtualBox disk');
    expect([disks.length, disks[0]?.path, disks[0]?.owner]).to.deep.equal([media.length, bench.ctx.machineDir, bench.machine.owner]);
    await discardAll(bench);
    expect(bench.left()).to.deep.equal([]);
  });

  it('interfaces, their DHCP servers, marks without an interface and notes of interrupted creates, when no VM needs them', async () => {
    const bench = new Bench();
    Object.assign(bench.world.interfaces, {
      vboxnet0: { ip: '192.168.56.1', mask: '255.255.255.0' },
      vboxnet1: { ip: '192.168.57.1', mask: '255.255.255.0' },
    });
    bench.world.dhcp['HostInterfaceNetworking-vboxnet0'] = { ip: '', mask: '', lower: '', upper: '', enabled: true };
    Object.assign(bench.world.global, {
      'tsmachine/hostonly/vboxnet0': '1',
      'tsmachine/hostonly/vboxnet7': '1',
      'tsmachine/hostonly/vboxnet8': theirs,
      'tsmachine/hostonly/vboxnet9': 'not a mark',
      'tsmachine/hostonly-pending': '["vboxnet0","vboxnet1"]',
      'tsmachine/medium-pending': '/nowhere.vmdk',
      'their/key': 'x',
    });
    expect((await list(bench)).map(({ kind, id }) => `${kind} ${id}`)).to.deep.equal([
      'VirtualBox host-only interface vboxnet0',
      'VirtualBox host-only interface vboxnet7',
      'VirtualBox host-only interface vboxnet8',
      'VirtualBox note of an interrupted create tsmachine/hostonly-pending',
      'VirtualBox note of an interrupted create tsmachine/medium-pending',
    ]);
    expect((await list(bench)).map(({ owner }) => owner?.store)).to.deep.equal([undefined, undefined, theirs, undefined, undefined]);
    await discardAll(bench);
    expect(bench.left()).to.deep.equal(['vboxnet1', 'tsmachine/hostonly/vboxnet9', 'their/key']);
  });

  it('no network counts as unused while VirtualBox cannot open a VM of ours: its store may only be unmounted', async () => {
    const bench = await created();
    remembered(bench);
    rmSync(bench.ctx.machineDir, { recursive: true });
    restart(bench.world);
    expect((await list(bench)).map(({ kind }) => kind)).to.deep.equal(['VirtualBox VM']);
    await bench.driver.discard?.({ kind: 'VirtualBox host-only interface', id: 'vboxnet0' }, bench.account);
    expect(Object.keys(bench.world.interfaces)).to.deep.equal(['vboxnet0']);
  });

  it('nothing where VirtualBox is not installed', async () => {
    const bench = new Bench();
    const account = { ...bench.account, exec: () => Promise.reject(new TsmachineError('COMMAND_MISSING', 'no')) };
    expect(await bench.driver.leftovers?.(account)).to.deep.equal([]);
  });
});

describe('virtualbox: the ledger', () => {
  it("has the VM by its UUID, which is the ledger's token, and the VM carries the owner's ids", async () => {
    const bench = new Bench();
    await bench.parse();
    await bench.create();
    const [entry] = bench.machine.entries;
    expect(entry).to.include({ key: 'vm', kind: 'VirtualBox VM', scope: 'machine', id: bench.data['VMId'], token: bench.data['VMId'] });
    const { store, machine } = bench.machine.owner;
    expect(Object.values(bench.world.vms)[0]?.extra).to.include({
      'tsmachine/machine': bench.data['VMId'],
      'tsmachine/owner-store': store,
      'tsmachine/owner-machine': machine,
    });
    expect(await bench.driver.remove(bench.data, bench.ctx)).to.deep.equal({ left: [] });
    expect(bench.machine.entries).to.deep.equal([]);
  });

  it('takes over a VM of a version without a ledger, whole or half', async () => {
    for (const built of [true, false]) {
      const bench = new Bench();
      await bench.parse();
      await bench.create();
      const old = String(bench.data['VMId']);
      bench.forget();
      if (!built) bench.data = { ...bench.data, Built: false };
      for (const vm of Object.values(bench.world.vms)) vm.state = 'poweroff';
      await bench.create();
      expect(Object.keys(bench.world.vms)).to.have.length(1);
      expect(bench.data['VMId'] === old).to.equal(built);
      expect(bench.machine.entries[0]?.id).to.equal(bench.data['VMId']);
      await bench.driver.remove(bench.data, bench.ctx);
      expect(bench.left()).to.deep.equal([]);
    }
  });

  it('a VM that is gone is made again, with another UUID', async () => {
    const bench = new Bench();
    await bench.parse();
    await bench.create();
    const before = bench.data['VMId'];
    bench.world.vms = {};
    await bench.create();
    expect(Object.keys(bench.world.vms)).to.deep.equal([bench.data['VMId']]);
    expect(bench.data['VMId']).not.to.equal(before);
    await bench.driver.remove(bench.data, bench.ctx);
    expect(bench.left()).to.deep.equal([]);
  });

  it('rm says what VirtualBox keeps, and goes on when it lets go', async () => {
    const bench = new Bench();
    await bench.parse();
    await bench.create();
    bench.fault = (call) => (call.startsWith('unregistervm') ? { stderr: 'VBoxManage: error: It is broken\n' } : undefined);
    const { left } = await bench.driver.remove(bench.data, bench.ctx);
    expect(left).to.have.length(1);
    expect(left[0]).to.include({ kind: 'VirtualBox VM', id: bench.data['VMId'], name: 'm1' });
    expect(plain(left[0]?.why ?? '')).to.contain('It is broken');
    expect(bench.machine.entries).to.have.length(1);
    bench.fault = () => undefined;
    expect(await bench.driver.remove(bench.data, bench.ctx)).to.deep.equal({ left: [] });
    expect(bench.left()).to.deep.equal([]);
  });

  it("leaves a VM alone whose UUID somebody wrote into a machine's data", async () => {
    const bench = new Bench();
    await bench.parse();
    simple(bench.world, 'createvm', ['--basefolder', join(bench.dir, 'theirs'), '--name', 'theirs', '--uuid', theirs, '--register']);
    await bench.driver.remove({ ...bench.data, VMId: theirs, Built: true }, bench.ctx);
    expect(Object.keys(bench.world.vms)).to.deep.equal([theirs]);
  });
});
