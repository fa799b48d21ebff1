import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { TsmachineError } from '../../../src/base/errors.js';
import { failureOf } from '../../helpers/failure.js';
import { MemoryMachine } from '../../helpers/driver-context.js';
import { Playground } from './playground.js';

const interrupted = new TsmachineError('CANCELLED', 'interrupted');

/** The scripts of a create that change something, in their order. */
const steps = ['convert-disk', 'new-disk', 'new-vm', 'hardware', 'drives', 'start', 'addresses'];

describe('hyperv: a machine on the stand-in', () => {
  let here: Playground;

  beforeEach(async () => {
    here = await Playground.open();
  });
  afterEach(() => {
    here.close();
  });

  const vms = () => Object.values(here.standIn.world().vms);
  const state = async () => (await here.driver.look(here.machine.data, here.ctx())).state;

  it('from a cloud image: generation 2, a disk of what differs, dynamic memory up to what was asked for', async () => {
    const data = await here.create({ 'hyperv-memory': 2048, 'hyperv-static-macaddress': '00-15-5D-01-02-03', 'hyperv-vlan-id': 7 });
    const [vm] = vms();
    expect(vm?.settings).to.include({
      generation: '2',
      memory: String(2 ** 31),
      minimum: String(2 ** 29),
      maximum: String(2 ** 31),
      dynamic: 'true',
      vlan: '7',
      mac: '00155d010203',
      boot: join(here.machineDir, 'disk.vhdx'),
      checkpoints: 'off',
      firmware: 'MicrosoftUEFICertificateAuthority',
    });
    expect(vm?.attached).to.deep.equal({ 'SCSI-0-0': join(here.machineDir, 'disk.vhdx'), 'SCSI-0-1': join(here.machineDir, 'seed.iso') });
    const disk = readFileSync(join(here.machineDir, 'disk.vhdx'), 'utf8');
    expect(disk).to.include(`"size":${20_000 * 2 ** 20}`);
    expect(disk).to.include(String(data['BaseDisk']));
    expect(here.standIn.calls().find(({ script }) => script === 'hardware')?.input).to.include({ minimum: 512 * 2 ** 20 });
    expect(data).to.include({ IPAddress: '192.0.2.7', VMId: vm?.uuid, VSwitch: 'external', Built: true });
    expect(await here.driver.look(data, here.ctx())).to.deep.include({ state: 'Running', dockerUrl: 'tcp://192.0.2.7:2376' });
    expect(here.io.infos).to.deep.equal([
      `Preparing ${join(here.dir, 'image.raw')} for Hyper-V...`,
      'Using switch "external"',
      'Creating VHD...',
      'Creating VM...',
      'Starting VM...',
      'Waiting for host to start...',
    ]);
    expect(readdirSync(join(here.dir, 'cache', 'images')), 'the VHD on the way to the VHDX').to.deep.equal([]);
  });

  it('without secure boot, on the switch that was asked for', async () => {
    await here.create({ 'hyperv-disable-secure-boot': true, 'hyperv-virtual-switch': 'default switch' });
    expect(vms()[0]?.settings).to.include({ firmware: 'off', switch: 'Default Switch' });
  });

  it('from a boot2docker ISO: generation 1, the key on the disk that it formats', async () => {
    await here.create({ 'hyperv-boot2docker-url': here.iso('v1'), 'hyperv-image': '' });
    const [vm] = vms();
    expect(vm?.settings).to.include({ generation: '1' });
    const [disk, iso] = ['disk.vhdx', 'boot2docker.iso'].map((name) => join(here.machineDir, name));
    expect(vm?.attached).to.deep.equal({ 'IDE-0-0': disk, 'IDE-1-0': iso });
    expect(readFileSync(join(here.machineDir, 'disk.vhdx'), 'utf8')).to.include('key.vhdx');
    expect(here.files()).not.to.include('known_hosts');
  });

  it('boots a newer boot2docker ISO after an upgrade; a machine of a cloud image has none', async () => {
    const data = await here.create({ 'hyperv-boot2docker-url': here.iso('v1'), 'hyperv-image': '' });
    expect(await here.driver.images?.(data, here.ctx())).not.to.have.property('newer');
    here.iso('v2');
    const images = await here.driver.images?.(data, here.ctx());
    expect([images?.current.version, images?.newer?.version]).to.deep.equal(['v1', 'v2']);
    if (images?.newer) await here.driver.upgradeImage?.(data, here.ctx(), images.newer);
    expect(await here.driver.images?.(data, here.ctx())).to.not.have.property('newer');
    expect(await here.driver.images?.({ ...data, Image: 'debian' }, here.ctx())).to.equal(undefined);
  });

  for (const step of steps) {
    it(`goes on after ${step} failed, with one VM, and leaves nothing`, async () => {
      here.standIn.fail({ script: step, message: 'Das ging nicht: Überlauf', times: 1 });
      expect((await failureOf(here.create())).message).to.match(/: Das ging nicht: Überlauf$/);
      const data = await here.create();
      expect(vms()).to.have.length(1);
      expect(vms()[0]).to.deep.include({ uuid: data['VMId'], state: 'running' });
      await here.driver.remove(data, here.ctx());
      expect(vms()).to.deep.equal([]);
      expect(here.files()).not.to.include('disk.vhdx');
    });
  }

  for (const step of ['convert-disk', 'new-vm', 'start']) {
    it(`interrupted during ${step} leaves nothing after rm`, async () => {
      here.standIn.fail({ script: step, message: '', instead: 'hang', times: 1 });
      const creating = here.create();
      const seen = setInterval(() => {
        if (here.standIn.calls().some(({ script }) => script === step)) here.abort.abort(interrupted);
      }, 20);
      try {
        expect((await failureOf(creating)).message).to.equal('interrupted');
      } finally {
        clearInterval(seen);
      }
      here.abort = new AbortController();
      await here.driver.remove(here.machine.data, here.ctx());
      expect(vms()).to.deep.equal([]);
    });
  }

  it('is found by its folder when the run was cut off between New-VM and its notes', async () => {
    here.standIn.fail({ script: 'new-vm', cmdlet: 'Set-VM', message: 'cut off', times: 1 });
    await failureOf(here.create());
    expect(vms()).to.have.length(1);
    expect(vms()[0]?.settings['notes']).to.equal('');
    const left = vms()[0]?.uuid;
    const data = await here.create();
    expect(vms()).to.have.length(1);
    expect(vms()[0]?.uuid).to.equal(data['VMId']).and.not.to.equal(left);
  });

  it('a machine that was saved starts again, and goes with what was saved', async () => {
    const data = await here.create();
    const save = () => {
      const world = here.standIn.world();
      for (const vm of Object.values(world.vms)) vm.state = 'saved';
      here.standIn.write(world);
    };
    save();
    expect(await state()).to.equal('Saved');
    await here.driver.start(data, here.ctx());
    save();
    await here.driver.remove(data, here.ctx());
    expect(vms()).to.deep.equal([]);
  });

  it('stop, kill, start: from every state; an address that changed is told', async () => {
    const data = await here.create();
    await here.driver.stop(data, here.ctx());
    expect(await state()).to.equal('Stopped');
    await here.driver.stop(data, here.ctx());
    await here.driver.kill(data, here.ctx());
    await here.driver.start(await here.ctx().keep({ IPAddress: '192.0.2.6' }), here.ctx());
    expect(here.io.infos.at(-1)).to.equal('The address is 192.0.2.7 now; it was 192.0.2.6');
    const world = here.standIn.world();
    for (const vm of Object.values(world.vms)) vm.state = 'paused';
    here.standIn.write(world);
    expect(await state()).to.equal('Paused');
    await here.driver.start(data, here.ctx());
    expect(await state()).to.equal('Running');
  });

  it('a guest that does not power off is turned off, with a warning', async () => {
    const data = await here.create();
    here.standIn.fail({ script: 'stop', message: 'The guest operating system does not respond.' });
    await here.driver.stop(data, here.ctx());
    expect(await state()).to.equal('Stopped');
    expect(here.io.warnings).to.deep.equal([
      'm1 does not power off and is turned off (Hyper-V could not stop the VM: The guest operating system does not respond.)',
    ]);
  });

  it('a VM that ends while it boots is an error that says where its screen is', async () => {
    const data = await here.create();
    const world = here.standIn.world();
    world.global['imagined'] = '169.254.1.1';
    here.standIn.write(world);
    await here.driver.kill(data, here.ctx());
    const starting = failureOf(here.driver.start(data, here.ctx()));
    const ending = setInterval(() => {
      if (here.standIn.calls().filter(({ script }) => script === 'start').length > 1) here.standIn.turnOff(String(data['VMId']));
    }, 200);
    const failure = await starting;
    clearInterval(ending);
    expect(failure).to.include({
      code: 'DRIVER_FAILED',
      message: 'The VM was turned off while it booted',
      hint: 'Its screen: vmconnect localhost m1',
    });
  });

  it('looks again when VMs come and go while they are listed, but not for ever', async () => {
    await here.create();
    const gone = {
      script: 'vms',
      message: 'Hyper-V encountered an error trying to access an object: it was not found.',
      id: 'ObjectNotFound,Microsoft.HyperV.PowerShell.Commands.GetVM',
    };
    here.standIn.fail({ ...gone, times: 2 });
    expect(await state()).to.equal('Running');
    here.standIn.fail(gone);
    const before = here.standIn.calls().length;
    expect((await failureOf(state())).message).to.match(/^Hyper-V could not list its virtual machines: /);
    expect(here.standIn.calls().length - before).to.equal(5);
    here.standIn.fail({ ...gone, id: 'AccessDenied,Microsoft.HyperV.PowerShell.Commands.GetVM', times: 1 });
    expect((await failureOf(state())).code).to.equal('DRIVER_FAILED');
  });

  it('two machines share the base; a foreign VM of the same name is never touched', async () => {
    const first = await here.create();
    const base = String(first['BaseDisk']);
    const world = here.standIn.world();
    const [own] = Object.values(world.vms);
    if (!own) throw new Error('no VM');
    world.vms['foreign'] = { ...own, uuid: 'foreign', folder: '/elsewhere/m1', settings: { ...own.settings, notes: 'mine' } };
    here.standIn.write(world);
    await here.driver.kill(first, here.ctx());
    await here.driver.remove(first, here.ctx());
    expect(vms()).to.have.length(1);
    expect(vms()[0]).to.include({ uuid: 'foreign', state: 'running' });
    expect(readdirSync(join(base, '..'))).to.have.length(1);
    here.machine = new MemoryMachine();
    await here.create();
    expect(here.standIn.calls().filter(({ script }) => script === 'convert-disk')).to.have.length(1);
    expect(vms().map(({ uuid }) => uuid))
      .to.include('foreign')
      .and.to.have.length(2);
  });
});
