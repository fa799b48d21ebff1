import { expect } from 'chai';

import type { FlagValues } from '../../../src/base/flags.js';
import { failureOf } from '../../helpers/failure.js';
import { Playground } from './playground.js';

describe('hyperv: what is refused before anything is made', () => {
  let here: Playground;

  beforeEach(async () => {
    here = await Playground.open();
  });
  afterEach(() => {
    here.close();
  });

  const precheck = async (flags?: FlagValues) => here.driver.precheck(await here.parse(flags), here.ctx());
  const refused = async (flags?: FlagValues) => {
    const failure = await failureOf(precheck(flags));
    const changing = ['new-vm', 'new-disk', 'convert-disk', 'start', 'stop', 'turn-off', 'remove-vm'];
    expect(here.standIn.calls().filter(({ script }) => changing.includes(script))).to.deep.equal([]);
    return failure;
  };
  const rights = (module: boolean, administrator: boolean, hyperVAdministrator: boolean) => {
    const world = here.standIn.world();
    here.standIn.write({ ...world, global: { ...world.global, rights: JSON.stringify({ module, administrator, hyperVAdministrator }) } });
  };

  it('nothing, on a computer that has all', async () => {
    await precheck();
  });

  it('a computer without Hyper-V, a user who is no administrator; a Hyper-V Administrator is enough', async () => {
    rights(false, false, false);
    const missing = await refused();
    expect(missing).to.include({ code: 'DRIVER_PRECHECK', message: 'Hyper-V PowerShell Module is not available' });
    expect(missing.hint).to.include('Enable-WindowsOptionalFeature -Online -FeatureName Microsoft-Hyper-V -All');
    rights(true, false, false);
    const stranger = await refused();
    expect(stranger).to.include({ code: 'DRIVER_PRECHECK', message: 'Hyper-v commands have to be run as an Administrator' });
    expect(stranger.hint).to.include('Add-LocalGroupMember -SID S-1-5-32-578');
    rights(true, false, true);
    await precheck();
  });

  it('a user who may not see the VMs does not lose a machine by rm', async () => {
    const data = await here.create();
    rights(true, false, false);
    expect((await failureOf(here.driver.remove(data, here.ctx()))).hint).to.include('administrator');
    expect(Object.keys(here.standIn.world().vms)).to.have.length(1);
  });

  it('a switch that is not there, with those there are', async () => {
    const failure = await refused({ 'hyperv-virtual-switch': 'uplink' });
    expect(failure).to.include({ code: 'DRIVER_PRECHECK', message: 'vswitch "uplink" not found' });
    expect(failure.hint).to.equal('Choose one of "Default Switch" (internal), "external" (external) with --hyperv-virtual-switch');
  });

  it('more processors and memory than there are', async () => {
    expect((await refused({ 'hyperv-cpu-count': 5 })).message).to.equal('--hyperv-cpu-count 5: this computer has 4');
    expect((await refused({ 'hyperv-memory': 8192 })).message).to.equal('--hyperv-memory 8192: this computer has 8192 MB');
  });

  it('a name that a foreign VM has, in whatever letters', async () => {
    const data = await here.create();
    const world = here.standIn.world();
    const foreign = { name: 'M1', folder: '/elsewhere' };
    for (const vm of Object.values(world.vms)) Object.assign(vm, { ...foreign, settings: { ...vm.settings, notes: '' } });
    here.standIn.write(world);
    const failure = await failureOf(here.driver.precheck({ ...data, VMId: '', Mark: '' }, here.ctx()));
    expect(failure).to.include({ code: 'DRIVER_PRECHECK', message: 'Hyper-V has a VM "m1" that is not tsmachine\'s' });
  });

  it('too little room; an ISO that is not there; an image bigger than its disk', async () => {
    here.free = 2 ** 30;
    expect(await refused()).to.include({ code: 'STORE_FULL' });
    here.free = 2 ** 40;
    expect((await refused({ 'hyperv-boot2docker-url': '/nowhere/b2d.iso' })).message).to.equal('There is no ISO /nowhere/b2d.iso');
    const failure = await failureOf(here.create({ 'hyperv-image': here.file('big.raw', 3), 'hyperv-disk-size': 2 }));
    expect(failure).to.include({ code: 'DRIVER_PRECHECK', message: 'The image needs a disk of 3 MB; --hyperv-disk-size is 2' });
    expect(Object.keys(here.standIn.world().vms)).to.deep.equal([]);
  });
});
