import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import type { DriverData, Leftover, Look } from '../../../src/driver/contract.js';
import { failureOf } from '../../helpers/failure.js';
import { Playground } from './playground.js';

describe('hyperv: many VMs, and those that nobody has any more', () => {
  let here: Playground;

  beforeEach(async () => {
    here = await Playground.open();
  });
  afterEach(() => {
    here.close();
  });

  const vms = () => Object.values(here.standIn.world().vms);
  const find = async (...registered: Parameters<Playground['account']>) =>
    (await here.driver.leftovers?.(here.account(...registered))) ?? [];
  const discard = (leftover: Leftover, ...registered: Parameters<Playground['account']>) =>
    here.driver.discard?.(leftover, here.account(...registered));
  /** Puts a VM beside the machine's. */
  const addVm = (id: string, change: { name?: string; folder?: string; notes?: string }) => {
    const world = here.standIn.world();
    const [own] = Object.values(world.vms);
    if (!own) throw new Error('no VM');
    const { notes, ...other } = change;
    world.vms[id] = { ...own, uuid: id, ...other, settings: { ...own.settings, ...(notes === undefined ? {} : { notes }) } };
    here.standIn.write(world);
  };

  it('fifty machines are looked at by one script call, each with its own answer', async () => {
    const data = await here.create();
    const world = here.standIn.world();
    const [own] = Object.values(world.vms);
    if (!own) throw new Error('no VM');
    const machines = new Map<string, DriverData>([['m1', data]]);
    for (let i = 2; i <= 50; i += 1) {
      const uuid = `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`;
      if (i !== 50) world.vms[uuid] = { ...own, uuid, name: `m${i}`, state: i % 2 === 0 ? 'saved' : 'running' };
      machines.set(`m${i}`, { ...data, MachineName: `m${i}`, Mark: uuid, VMId: uuid });
    }
    here.standIn.write(world);
    const before = here.standIn.calls().length;
    const answers = (await here.driver.lookAll?.(machines, here.account())) as ReadonlyMap<string, Look>;
    expect(here.standIn.calls().length - before).to.equal(1);
    expect([...answers.keys()]).to.deep.equal([...machines.keys()]);
    expect(answers.get('m1')).to.deep.equal(await here.driver.look(data, here.ctx()));
    expect(answers.get('m3')).to.include({ state: 'Running', dockerUrl: 'tcp://192.0.2.7:2376' });
    expect(answers.get('m2')?.state).to.equal('Saved');
    expect(answers.get('m2')).not.to.have.property('dockerUrl');
    expect(answers.get('m50')).to.deep.equal({
      state: 'None',
      addresses: [],
      why: { code: 'gone', text: 'Hyper-V has no VM for m50' },
    });
  });

  it('a machine is looked at by one script call, also when there is no VM at all; where it is reached asks nobody', async () => {
    const data = await here.create();
    expect(await here.driver.look(data, here.ctx())).to.deep.include({ state: 'Running', ...here.driver.where?.(data, here.ctx()) });
    here.standIn.turnOff(String(data['VMId']));
    here.standIn.forget(String(data['VMId']));
    const before = here.standIn.calls().length;
    expect((await here.driver.look(data, here.ctx())).why?.code).to.equal('gone');
    here.driver.where?.(data, here.ctx());
    expect(here.standIn.calls().length - before).to.equal(1);
    expect(await here.driver.look(await here.parse(), here.ctx()), 'before there was one').to.deep.equal({ state: 'None', addresses: [] });
    expect(here.standIn.calls().length - before).to.equal(1);
  });

  it('a VM that is gone is made again by create, with another mark', async () => {
    const { Mark: mark, VMId: id } = await here.create();
    here.standIn.turnOff(String(id));
    here.standIn.forget(String(id));
    const again = await here.create();
    expect(vms()).to.have.length(1);
    expect(again['VMId']).to.equal(vms()[0]?.uuid).and.not.to.equal(id);
    expect(again['Mark']).not.to.equal(mark);
    expect(here.machine.entries).to.have.length(1);
    expect(here.machine.entries[0]).to.deep.include({ key: 'vm', id: again['VMId'], token: again['Mark'] });
  });

  it('a create that dies after any write goes on with one VM', async function () {
    this.timeout(120_000);
    for (let dead = 1; ; dead += 1) {
      let writes = 0;
      here.machine.onWrite = () => {
        writes += 1;
        if (writes === dead) throw new Error('killed');
      };
      const ended = await here.create().then(
        () => true,
        (error: unknown) => {
          expect(String(error)).to.equal('Error: killed');
          return false;
        },
      );
      here.machine.onWrite = () => undefined;
      if (ended) break;
      const data = await here.create();
      expect(
        vms().map(({ uuid }) => uuid),
        `write ${dead}`,
      ).to.deep.equal([data['VMId']]);
      expect(here.machine.entries.map(({ id }) => id)).to.deep.equal([data['VMId']]);
      expect(await here.driver.remove(data, here.ctx())).to.deep.equal({ left: [] });
      expect(vms()).to.deep.equal([]);
      expect(here.machine.entries).to.deep.equal([]);
      here.machine.data = {};
    }
  });

  it('a machine without a ledger is taken over: its VM stays, and is in the ledger then', async () => {
    const data = await here.create();
    const [vm] = vms();
    here.machine.entries = [];
    addVm(String(data['VMId']), { notes: `Made by tsmachine ${String(data['Mark'])}` });
    expect((await here.create())['VMId']).to.equal(vm?.uuid);
    expect(vms()).to.have.length(1);
    expect(here.machine.entries.map(({ id }) => id)).to.deep.equal([vm?.uuid]);
  });

  it('a VM says whose it is, where and since when; it goes with its drives', async () => {
    const { VMId: id } = await here.create();
    const [vm] = vms();
    const [found, ...others] = await find();
    expect(others).to.deep.equal([]);
    expect(found).to.deep.include({ kind: 'Hyper-V VM', id, name: 'm1', owner: here.machine.owner, path: here.machineDir });
    expect(new Date(found?.createdAt ?? '').toISOString()).to.equal(vm?.created);
    expect(found?.bytes).to.be.above(0);
    if (found) await discard(found);
    expect(vms()).to.deep.equal([]);
    expect(here.files().filter((name) => /disk|seed|m1/.test(name))).to.deep.equal([]);
    if (found) await discard(found);
    expect(await find()).to.deep.equal([]);
  });

  it('a VM whose folder was deleted by hand is found and removed', async () => {
    const { VMId: id } = await here.create();
    rmSync(here.machineDir, { recursive: true });
    const [found] = await find();
    expect(found).to.deep.include({ id, owner: here.machine.owner, path: here.machineDir });
    expect(found).not.to.have.property('bytes');
    if (found) await discard(found);
    expect(vms()).to.deep.equal([]);
  });

  it('a VM without notes is known by its id in the registry, or by its folder there', async () => {
    const { VMId: id } = await here.create();
    const remembered = here.remembered();
    addVm(String(id), { notes: '', folder: '/moved' });
    expect(await find()).to.deep.equal([]);
    const [byId] = await find([remembered]);
    expect(byId).to.deep.include({ id, owner: here.machine.owner, path: here.machineDir });
    addVm(String(id), { folder: join(here.machineDir, 'm1') });
    const [byFolder] = await find([{ ...remembered, resources: [] }]);
    expect(byFolder).to.deep.include({ id, owner: here.machine.owner });
    if (byFolder) await discard(byFolder, [remembered]);
    expect(vms()).to.deep.equal([]);
  });

  it('a foreign VM is neither listed nor removed; a copy of ours elsewhere has no owner and stays', async () => {
    const { VMId: id } = await here.create();
    const [own] = vms();
    addVm('foreign', { notes: 'mine', folder: '/elsewhere/m1' });
    addVm('copy', { folder: '/elsewhere/copy of m1', notes: own?.settings['notes'] ?? '' });
    const all = await find();
    expect(all.map((one) => one.id)).to.deep.equal([id, 'copy']);
    expect(all[1]).not.to.have.any.keys('owner', 'path');
    for (const one of ['foreign', 'copy']) {
      expect((await failureOf(Promise.resolve(discard({ kind: 'Hyper-V VM', id: one })))).message).to.equal(
        'The VM "m1" is not tsmachine\'s',
      );
    }
    expect(vms()).to.have.length(3);
  });

  it('a machine that was made anew in the same folder keeps its drives', async () => {
    const { VMId: id } = await here.create();
    const other = '00000000-0000-4000-8000-000000000001';
    addVm(other, { name: 'm1' });
    const old = (await find()).find((one) => one.id === other);
    if (old) await discard(old);
    expect(vms().map(({ uuid }) => uuid)).to.deep.equal([id]);
    expect(existsSync(join(here.machineDir, 'disk.vhdx'))).to.equal(true);
  });

  it('a user who may not see VMs is refused; without PowerShell there are none', async () => {
    const world = here.standIn.world();
    here.standIn.write({ ...world, global: { ...world.global, rights: JSON.stringify({ module: true }) } });
    expect((await failureOf(find())).code).to.equal('DRIVER_PRECHECK');
    rmSync(join(here.standIn.home, 'bin', 'pwsh'));
    expect(await find()).to.deep.equal([]);
  });
});
