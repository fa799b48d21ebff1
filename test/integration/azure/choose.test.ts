import { expect } from 'chai';

import { TsmachineError } from '../../../src/base/errors.js';
import { plain } from '../../../src/base/text.js';
import type { FlagValues } from '../../../src/driver/contract.js';
import { armStandIn, type ArmStandIn } from '../../stand-ins/arm/index.js';
import { Bench } from './bench.js';

describe('azure: which size, zone and image', () => {
  let cloud: ArmStandIn;
  let bench: Bench;

  before(async function () {
    cloud = await armStandIn(this);
  });
  beforeEach(async () => {
    await cloud.reset();
    bench = await Bench.open(cloud);
  });
  afterEach(async () => {
    expect(await cloud.violations()).to.deep.equal([]);
    await bench.close();
  });

  const shown = async () => {
    const [made] = await cloud.machines();
    const all = made?.shown as { zones?: string[]; properties: { hardwareProfile: { vmSize: string }; priority?: string } } | undefined;
    return [all?.properties.hardwareProfile.vmSize, all?.zones?.[0], all?.properties.priority];
  };
  const sizes = { 'azure-size': ['Standard_D2s_v5', 'Standard_D2as_v5'], 'azure-availability-zone': ['1', '2'] };
  const refusal = async (flags: FlagValues) => {
    const machine = await bench.machine('m1', flags);
    const error: unknown = await machine.create().catch((thrown: unknown) => thrown);
    if (!TsmachineError.is(error)) throw new Error('it was not refused');
    return { error, machine };
  };

  for (const code of ['SkuNotAvailable', 'AllocationFailed', 'OverconstrainedAllocationRequest'] as const)
    it(`takes the next size after ${code}, and leaves nothing of the first`, async () => {
      await cloud.exhaust([{ size: 'Standard_D2s_v5', code }]);
      const machine = await bench.machine('m1', sizes);
      await machine.create();
      expect(await shown()).to.deep.equal(['Standard_D2as_v5', '1', undefined]);
      expect(machine.memory.data).to.deep.include({ Size: 'Standard_D2as_v5', AvailabilityZone: '1' });
      expect(await cloud.inventory()).to.have.length(7);
      expect(await machine.remove()).to.deep.equal([]);
      expect(await cloud.inventory()).to.deep.equal([]);
    });

  it('takes the next zone when one is full, which Azure says late', async () => {
    await cloud.exhaust([{ zone: '1' }]);
    const machine = await bench.machine('m1', sizes);
    await machine.create();
    expect(await shown()).to.deep.equal(['Standard_D2s_v5', '2', undefined]);
    expect(bench.said.join()).to.include('No room for Standard_D2s_v5 in westeurope, zone 1: ZonalAllocationFailed');
  });

  it('takes the next size when a quota is used up', async () => {
    await cloud.setLimits({ families: { standardDSv5Family: 1 } });
    const machine = await bench.machine('m1', sizes);
    await machine.create();
    expect((await shown())[0]).to.equal('Standard_D2as_v5');
  });

  it('tells each place that is full, and leaves nothing', async () => {
    await cloud.exhaust([{}]);
    const { error, machine } = await refusal(sizes);
    expect(error.message).to.match(/^Azure in westeurope has no room for the machine:\n {2}Standard_D2s_v5 in westeurope, zone 1: /);
    expect(error.message.split('\n')).to.have.length(5);
    expect(plain(error.hint ?? '')).to.include('--azure-size or --azure-availability-zone');
    expect(await cloud.inventory()).to.deep.equal([]);
    expect(machine.memory.entries).to.deep.equal([]);
  });

  it('takes a machine on demand where there is no spot machine', async () => {
    await cloud.exhaust([{ priority: 'Spot' }]);
    const flags = { ...sizes, 'azure-spot': true };
    const { error } = await refusal(flags);
    expect(plain(error.hint ?? '')).to.include('--azure-spot-fallback');
    const machine = await bench.machine('m2', { ...flags, 'azure-spot-fallback': true });
    await machine.create();
    expect(await shown()).to.deep.equal(['Standard_D2s_v5', '1', undefined]);
  });

  it('asks for no further spot machine once their quota is used up', async () => {
    await cloud.setLimits({ spotCores: 1 });
    const machine = await bench.machine('m1', { ...sizes, 'azure-spot': true, 'azure-spot-fallback': true });
    await machine.create();
    const writes = (await bench.actions()).filter((action) => action === 'Microsoft.Compute/virtualMachines/write');
    expect(writes).to.have.length(2);
    expect((await shown())[2]).to.equal(undefined);
  });

  const images: Readonly<Record<string, readonly [FlagValues, RegExp]>> = {
    'the newest Ubuntu with long support': [{}, /^Canonical:ubuntu-26_04-lts:server:26/],
    'a certain Ubuntu': [{ 'azure-image': 'ubuntu:24.04' }, /^Canonical:ubuntu-24_04-lts:server:24/],
    'an Ubuntu of the old scheme, by its name': [
      { 'azure-image': 'ubuntu:jammy' },
      /^Canonical:0001-com-ubuntu-server-jammy:22_04-lts-gen2:22/,
    ],
    'the newest Debian': [{ 'azure-image': 'debian' }, /^Debian:debian-13:13-gen2:0/],
    'an image for ARM': [{ 'azure-size': ['Standard_D2ps_v5'] }, /^Canonical:ubuntu-26_04-lts:server-arm64:26/],
    'an image for the first generation': [{ 'azure-size': ['Standard_D2_v2'] }, /^Canonical:ubuntu-26_04-lts:server-gen1:26/],
    'a URN': [{ 'azure-image': 'Debian:debian-12:12-gen2:latest' }, /^Debian:debian-12:12-gen2:0/],
  };
  for (const [what, [flags, urn]] of Object.entries(images))
    it(`boots ${what}`, async () => {
      const machine = await bench.machine('m1', flags);
      await machine.create();
      expect(machine.memory.data['Image']).to.match(urn);
    });

  it('keeps an ephemeral disk where the size has room, and only shuts it down', async () => {
    const machine = await bench.machine('m1', { 'azure-size': ['Standard_D2ds_v5'], 'azure-ephemeral-disk': true });
    await machine.create();
    await machine.stop();
    expect((await cloud.machines())[0]?.power).to.equal('stopped');
    expect(bench.said.join()).to.include('costs as if it ran');
    expect(await machine.remove()).to.deep.equal([]);
  });

  it('makes the availability set that is asked for, and a machine with identities', async () => {
    const machine = await bench.machine('m1', { 'azure-availability-set': 'set', 'azure-identity': ['system'] });
    await machine.create();
    expect((await cloud.inventory()).join()).to.include('availabilitySets');
    expect(await machine.remove()).to.deep.equal([]);
    expect(await cloud.inventory()).to.deep.equal([]);
  });
});
