import { expect } from 'chai';

import { TsmachineError } from '../../../src/base/errors.js';
import { plain } from '../../../src/base/text.js';
import { armStandIn, firstSubscription, type ArmStandIn } from '../../stand-ins/arm/index.js';
import { Bench } from './bench.js';

describe('azure: the life of a machine', () => {
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

  const lines = async (type: string) => (await cloud.inventory()).filter((line) => line.split(' ')[1] === type);
  const mates = (store: string) => ({ store, machine: '00000000-0000-4000-8000-000000000002' });

  it('makes it, looks at it, and removes it with everything', async () => {
    const machine = await bench.machine('m1');
    await machine.precheck();
    await machine.create();
    const look = await machine.look();
    expect(look.state).to.equal('Running');
    expect(look.addresses.map(({ scope }) => scope)).to.deep.equal(['public', 'private']);
    expect(look.dockerUrl).to.equal(`tcp://${look.addresses[0]?.ip ?? ''}:2376`);
    expect(machine.memory.data['IPAddress']).to.equal(look.addresses[0]?.ip);
    expect(machine.memory.data['Image']).to.match(/^Canonical:ubuntu-26_04-lts:server:26\.04\.\d+$/);
    expect(await machine.remove()).to.deep.equal([]);
    expect(await cloud.inventory()).to.deep.equal([]);
    expect(machine.memory.entries).to.deep.equal([]);
  });

  it('makes one in a network that is there with eight calls at the most, and the next of a run with six', async () => {
    const first = await bench.machine('m1');
    await first.create();
    bench.nextRun();
    const before = (await cloud.calls()).length;
    const counts: number[] = [];
    for (const [i, name] of ['m2', 'm3'].entries()) {
      const at = (await cloud.calls()).length;
      const machine = await bench.machine(
        name,
        {},
        { store: first.memory.owner.store, machine: `${i}0000000-0000-4000-8000-000000000002` },
      );
      machine.memory.entries = first.memory.entries.filter(({ scope }) => scope === 'store');
      await machine.precheck();
      await machine.create();
      counts.push((await bench.actions(at)).length);
    }
    expect(counts, (await bench.actions(before)).join('\n')).to.deep.equal([8, 6]);
  });

  it('marks everything as its own, and gives the guest its keys', async () => {
    const machine = await bench.machine('m1', { 'azure-tags': 'team,blue' });
    await machine.create();
    const { owner } = machine.memory;
    for (const type of ['virtualMachines', 'networkInterfaces', 'publicIPAddresses', 'disks']) {
      const [line = ''] = await lines(type);
      expect(line).to.include(`tsmachine.machine=${owner.machine}`).and.include(`tsmachine.store=${owner.store}`).and.include('team=blue');
    }
    const [made] = await cloud.machines();
    expect(made?.user).to.equal('docker-user');
    expect(made?.publicKeys[0]).to.match(/^ssh-ed25519 AAAA/);
    expect(Buffer.from(made?.customData ?? '', 'base64').toString('latin1')).to.match(/^(#cloud-config|Content-Type|\u001f)/);
  });

  it('gives its host back when it is stopped, and keeps its address', async () => {
    const machine = await bench.machine('m1');
    await machine.create();
    const { addresses } = await machine.look();
    for (const stop of [machine.stop, machine.kill]) {
      await stop();
      expect((await cloud.machines())[0]?.power).to.equal('deallocated');
      expect(await machine.look()).to.deep.include({ state: 'Stopped', why: { code: 'stopped', text: 'It is deallocated' } });
      await stop();
      await machine.start();
      expect((await machine.look()).addresses).to.deep.equal(addresses);
    }
    await cloud.setMachine(machine.id, { publicAddress: '20.0.0.99' });
    await machine.stop();
    await machine.start();
    expect(machine.memory.data['IPAddress']).to.equal('20.0.0.99');
  });

  it('says that a spot machine was taken back, and starts it again', async () => {
    const machine = await bench.machine('m1', { 'azure-spot': true, 'azure-size': ['Standard_D2s_v5'] });
    await machine.create();
    await cloud.reclaim(machine.id);
    const look = await machine.look();
    expect([look.state, look.why?.code]).to.deep.equal(['Stopped', 'reclaimed']);
    await machine.start();
    expect((await machine.look()).state).to.equal('Running');
    const deleted = await bench.machine('m2', { 'azure-spot': true, 'azure-size': ['Standard_D2s_v5'], 'azure-eviction-policy': 'Delete' });
    await deleted.create();
    await cloud.reclaim(deleted.id);
    expect((await deleted.look()).why?.code).to.equal('reclaimed');
    expect(await deleted.remove()).to.deep.equal([]);
  });

  it('shares group, network and security group with the store, and removes them with the last', async () => {
    const one = await bench.machine('m1');
    await one.create();
    const other = await bench.machine('m2', {}, mates(one.memory.owner.store));
    other.memory.entries = one.memory.entries.filter(({ scope }) => scope === 'store');
    await other.create();
    for (const type of ['resourceGroups', 'virtualNetworks', 'networkSecurityGroups']) expect(await lines(type), type).to.have.length(1);
    one.memory.entries = one.memory.entries.filter(({ scope }) => scope === 'machine'); // the ledger of a store says that another uses them
    expect(await one.remove()).to.deep.equal([]);
    expect(await lines('virtualMachines')).to.have.length(1);
    expect(await other.remove()).to.deep.equal([]);
    expect(await cloud.inventory()).to.deep.equal([]);
  });

  for (const what of ['machine', 'interface', 'disk', 'address', 'everything'] as const)
    it(`is removed cleanly after somebody deleted its ${what}`, async () => {
      const machine = await bench.machine('m1');
      await machine.create();
      const { interfaceId, addressId, groupId, subnetId } = machine.own;
      const group = machine.id.replace(/\/providers\/.*/, '');
      const disk = machine.id.replace('virtualMachines/m1', `disks/m1-os-disk-${machine.memory.owner.machine.slice(0, 8)}`);
      const ids = {
        machine: [machine.id],
        interface: [interfaceId],
        disk: [disk],
        address: [addressId],
        everything: [machine.id, groupId, String(subnetId).replace(/\/subnets.*/, ''), group],
      };
      for (const id of ids[what]) await cloud.deleteByHand(String(id));
      expect(await machine.remove()).to.deep.equal([]);
      expect(await cloud.inventory()).to.deep.equal([]);
    });

  it('leaves a machine alone that somebody made under the same name since', async () => {
    const theirs = await bench.machine('theirs', { 'azure-resource-group': 'mine' });
    await theirs.create();
    const machine = await bench.machine('m1', { 'azure-resource-group': 'mine' }, mates('first'));
    await machine.create();
    await cloud.deleteByHand(machine.id);
    const other = await bench.machine(
      'm1',
      { 'azure-resource-group': 'mine' },
      { store: 'second', machine: '30000000-0000-4000-8000-000000000003' },
    );
    await other.create();
    expect(await machine.remove()).to.deep.equal([]);
    expect((await other.look()).state).to.equal('Running');
  });

  it('makes again what of the store was deleted by hand', async () => {
    const first = await bench.machine('m1');
    await first.create();
    const group = `/subscriptions/${firstSubscription}/resourceGroups/tsmachine-${first.memory.owner.store}`;
    await cloud.deleteByHand(group);
    const next = await bench.machine('m2', {}, mates(first.memory.owner.store));
    next.memory.entries = first.memory.entries.filter(({ scope }) => scope === 'store');
    await next.create();
    expect((await next.look()).state).to.equal('Running');
  });

  it('says what is left when a lock protects it, and removes it after that', async () => {
    const machine = await bench.machine('m1');
    await machine.create();
    await cloud.lock(machine.id);
    const [left] = await machine.remove();
    expect(left?.kind).to.equal('Azure virtual machine');
    expect(plain(left?.why ?? '')).to.include('ScopeLocked');
    await cloud.unlock(machine.id);
    expect(await machine.remove()).to.deep.equal([]);
    expect(await cloud.inventory()).to.deep.equal([]);
  });

  it('shows the serial console', async () => {
    const machine = await bench.machine('m1');
    await machine.create();
    bench.fetched = 'login: ';
    expect(await bench.driver.console?.(machine.memory.data, bench.context(machine))).to.equal('login: ');
  });

  it('looks at many machines with three calls, and at one that is gone too', async () => {
    const one = await bench.machine('m1');
    await one.create();
    const other = await bench.machine('m2');
    await other.create();
    await cloud.deleteByHand(other.id);
    const before = (await cloud.calls()).length;
    const machines = new Map([one, other].map(({ name, memory }) => [name, memory.data]));
    const looks = await bench.driver.lookAll?.(machines, bench.account());
    expect([...(looks ?? [])].map(([name, look]) => [name, 'state' in look ? look.state : 'failed'])).to.deep.equal([
      ['m1', 'Running'],
      ['m2', 'None'],
    ]);
    expect(await bench.actions(before)).to.have.length(3);
  });

  it('makes twenty at once with five calls a second, with few calls each', async function () {
    this.timeout(240_000);
    const first = await bench.machine('m0');
    await first.create();
    await cloud.behave({ perSecond: 5, burst: 10 });
    const before = (await cloud.calls()).length;
    const machines = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const id = `${String(i + 10)}000000-0000-4000-8000-000000000002`;
        const machine = await bench.machine(`n${i}`, {}, { store: first.memory.owner.store, machine: id });
        machine.memory.entries = first.memory.entries.filter(({ scope }) => scope === 'store');
        return machine;
      }),
    );
    await Promise.all(machines.map((machine) => machine.create()));
    expect(await lines('virtualMachines')).to.have.length(21);
    expect((await bench.actions(before)).length / machines.length).to.be.at.most(12);
  });

  it('waits as long as Azure asks after too many calls', async () => {
    const machine = await bench.machine('m1');
    await cloud.fault({
      kind: 'error',
      action: 'Microsoft.Compute/virtualMachines/write',
      code: 'TooManyRequests',
      status: 429,
      retryAfter: 9,
    });
    await machine.create();
    expect((await machine.look()).state).to.equal('Running');
  });

  it('tells a failure that lasts with the call, the place and the code', async () => {
    const machine = await bench.machine('m1');
    await cloud.fault({ kind: 'error', action: 'Microsoft.Network/publicIPAddresses/write', code: 'InternalServerError', times: null });
    const error: unknown = await machine.create().catch((thrown: unknown) => thrown);
    expect(TsmachineError.is(error) && error.message).to.match(
      /^Azure in westeurope refuses Microsoft\.Network\/publicIPAddresses\/write: .* \(InternalServerError, request [\w-]+\)$/,
    );
    await cloud.clearFaults();
    expect(await machine.remove()).to.deep.equal([]);
    expect(await cloud.inventory()).to.deep.equal([]);
  });
});
