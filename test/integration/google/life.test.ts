import { join } from 'node:path';

import { expect } from 'chai';

import { plain } from '../../../src/base/text.js';
import type { DriverData } from '../../../src/driver/contract.js';
import { computerFiles } from '../../../src/machine/access/files.js';
import { failureOf, hintOf } from '../../helpers/failure.js';
import { gceStandIn, type GceStandIn } from '../../stand-ins/gce/index.js';
import { Bench, type Made } from './bench.js';
import { forgetSecrets, secretsOf } from './driver-world.js';

describe('google: the life of a machine', () => {
  let cloud: GceStandIn;
  let bench: Bench;

  before(async function () {
    cloud = await gceStandIn(this);
  });
  after(forgetSecrets);
  beforeEach(async () => {
    await cloud.reset();
    bench = await Bench.open(cloud);
  });
  afterEach(async () => {
    expect(await cloud.violations()).to.deep.equal([]);
    await bench.close();
  });

  const names = async () => (await cloud.instances()).map(({ zone, name }) => `${zone}/${name}`);
  const gone = async (machine: Made) => {
    expect(await machine.remove()).to.deep.equal([]);
    expect(await cloud.inventory()).to.deep.equal([]);
    expect(machine.memory.entries).to.deep.equal([]);
  };
  const zones = ['europe-west1-b', 'europe-west1-c', 'europe-west1-d'];

  it('takes eight calls where the network and its rules are there', async () => {
    const [m0, m1] = [
      await bench.machine('m0', {}, { store: 'one', machine: 'm0' }),
      await bench.machine('m1', {}, { store: 'one', machine: 'm1' }),
    ];
    await m0.create();
    const before = (await cloud.calls()).length;
    bench.anew();
    await m1.precheck();
    await m1.create();
    const calls = (await cloud.calls(before)).filter(({ service }) => service === 'compute').map(({ action }) => action);
    expect(calls).to.have.members([
      'projects.get',
      'machineTypes.aggregatedList',
      'networks.get',
      'images.getFromFamily',
      'firewalls.list',
      'instances.insert',
      'zoneOperations.wait',
      'instances.get',
    ]);
    await m0.remove();
    await gone(m1);
  });

  describe('capacity', () => {
    it('every zone exhausted but the last: lands there, and asks once for each place, though the refusals come late', async () => {
      await cloud.exhaust(zones.slice(0, -1).map((zone) => ({ zone })));
      const machine = await bench.machine('m1', { 'google-zone': zones });
      await machine.create();
      expect(machine.zone).to.equal('europe-west1-d');
      expect(await bench.count('instances.insert')).to.equal(3);
      expect(await names()).to.deep.equal(['europe-west1-d/m1']);
      await gone(machine);
    });

    it('goes first to the zones that Google itself says to have room', async () => {
      await cloud.exhaust([{ zone: 'us-central1-a', zonesAvailable: ['us-central1-f'] }]);
      const machine = await bench.machine('m1');
      await machine.create();
      expect(machine.zone).to.equal('us-central1-f');
      expect(await bench.count('instances.insert')).to.equal(2);
    });

    it('names the zones with room where none of them was asked for', async () => {
      await cloud.exhaust([{ zone: 'us-central1-a', zonesAvailable: ['us-central1-f'] }]);
      const machine = await bench.machine('m1', { 'google-zone': ['us-central1-a'] });
      expect(hintOf(await failureOf(machine.create()))).to.include('room in us-central1-f');
    });

    for (const [flag, kept] of [
      ['google-spot', false],
      ['google-preemptible', false],
    ] as const)
      it(`${flag} exhausted everywhere: an ordinary VM, if that was allowed`, async () => {
        await cloud.exhaust([{ market: 'spot' }]);
        const flags = { 'google-zone': zones, [flag]: true };
        const refused = await failureOf((await bench.machine('m1', flags)).create());
        expect(refused.message).to.include('spot n1-standard-1 in europe-west1-b: ').and.include('spot n1-standard-1 in europe-west1-d: ');
        expect(hintOf(refused)).to.include('--google-spot-fallback');
        expect(await cloud.inventory()).to.deep.equal([]);
        const machine = await bench.machine('m2', { ...flags, 'google-spot-fallback': true });
        await machine.create();
        expect(machine.memory.data['Preemptible']).to.equal(kept);
        await gone(machine);
      });

    it('everything exhausted: one error with what Google says of each place, nothing left, and the next create begins anew', async () => {
      await cloud.exhaust([{}]);
      const machine = await bench.machine('m1', { 'google-machine-type': ['e2-small', 'e2-medium'], 'google-zone': zones.slice(0, 2) });
      const { code, message } = await failureOf(machine.create());
      expect(code).to.equal('DRIVER_FAILED');
      expect(message.match(/ZONE_RESOURCE_POOL_EXHAUSTED/g)).to.have.length(4);
      expect(await cloud.inventory()).to.deep.equal([]);
      expect(machine.memory.entries).to.deep.equal([]);
      await cloud.exhaust([]);
      await machine.create();
      expect(await names()).to.have.length(1);
    });

    for (const [what, quotas] of [
      ['at once', { cpus: 0 }],
      ['late', { cpusAllRegions: 0 }],
    ] as const)
      it(`a quota that refuses ${what}: ends with Google's words and what to do, and leaves nothing`, async () => {
        await cloud.setLimits(quotas);
        const machine = await bench.machine('m1');
        const refused = await failureOf(machine.create());
        expect(refused.message).to.match(/\((quotaExceeded|QUOTA_EXCEEDED)\)$/);
        expect(hintOf(refused)).to.include('iam-admin/quotas?project=');
        expect(await bench.count('instances.insert')).to.equal(1);
        expect(await cloud.inventory()).to.deep.equal([]);
        expect(machine.memory.entries).to.deep.equal([]);
      });

    it('a failure that comes late and has another reason is the end, and not taken up again', async () => {
      await cloud.fault({ kind: 'late', action: 'instances.insert', code: 'INTERNAL_ERROR', message: 'Internal error.', status: 503 });
      const machine = await bench.machine('m1');
      expect((await failureOf(machine.create())).message).to.include('Internal error (INTERNAL_ERROR)');
      expect(machine.memory.entries).to.deep.equal([]);
      await machine.create();
      expect(await names()).to.have.length(1);
    });
  });

  describe('lost answers', () => {
    it('of the second place, with room in the first again: still one VM', async () => {
      await cloud.exhaust([{ zone: 'europe-west1-b' }]);
      const machine = await bench.machine('m1', { 'google-zone': zones, 'google-retries': -1 });
      await cloud.fault({ kind: 'lost', action: 'instances.insert', nth: 2 });
      await failureOf(machine.create());
      await cloud.exhaust([]);
      await machine.create();
      expect(await names()).to.deep.equal(['europe-west1-c/m1']);
      await gone(machine);
    });

    it('a run that was killed while the operation ran: it is waited for, not begun again', async () => {
      await cloud.behave({ waits: 1 });
      const machine = await bench.machine('m1', { 'google-retries': -1 });
      await cloud.fault({ kind: 'reset', action: 'zoneOperations.wait' });
      await failureOf(machine.create());
      expect(machine.memory.entries.find(({ key }) => key === 'instance')?.operation).to.match(/ \| operation-/);
      await machine.create();
      expect(await bench.count('instances.insert')).to.equal(1);
      await gone(machine);
    });

    it('a run that was killed while an operation ran that then fails for want of room: the next place', async () => {
      await cloud.exhaust([{ zone: 'europe-west1-b' }]);
      const machine = await bench.machine('m1', { 'google-zone': zones, 'google-retries': -1 });
      await cloud.fault({ kind: 'reset', action: 'zoneOperations.wait' });
      await failureOf(machine.create());
      await machine.create();
      expect(await names()).to.deep.equal(['europe-west1-c/m1']);
    });

    it('and then rm: what was begun is waited for and goes', async () => {
      await cloud.behave({ looks: 3 });
      const machine = await bench.machine('m1', { 'google-retries': -1 });
      await cloud.fault({ kind: 'lost', action: 'instances.insert' });
      await failureOf(machine.create());
      await gone(machine);
    });

    it('and then somebody deletes the VM: another one is made', async () => {
      const machine = await bench.machine('m1');
      await machine.create();
      await cloud.deleteByHand('instances/m1');
      await machine.create();
      expect((await machine.look()).state).to.equal('Running');
      await gone(machine);
    });
  });

  describe('a name that is taken', () => {
    it('by the VM of another store is refused, and that VM stays', async () => {
      const theirs = await bench.machine('m1', {}, { store: 'theirs', machine: 'theirs' });
      await theirs.create();
      const before = await cloud.inventory();
      const { message } = await failureOf((await bench.machine('m1', { 'google-zone': ['us-central1-a'] })).create());
      expect(message).to.equal('instance "m1" already exists in zone "us-central1-a"');
      expect(await cloud.inventory()).to.deep.equal(before);
    });
  });

  describe('rm', () => {
    for (const thing of ['instances/m1', 'disks/m1-disk'])
      it(`of a machine whose ${thing} was deleted by hand: everything else goes`, async () => {
        const machine = await bench.machine('m1', { 'google-address': 'new' });
        await machine.create();
        await cloud.deleteByHand(thing);
        await gone(machine);
      });

    it('leaves a VM that somebody made anew by the same name', async () => {
      const machine = await bench.machine('m1');
      await machine.create();
      await cloud.deleteByHand('instances/m1');
      const theirs = await bench.machine('m1', {}, { store: 'theirs', machine: 'theirs' });
      await theirs.create();
      expect((await machine.look()).why?.code).to.equal('gone');
      expect(await machine.remove()).to.deep.equal([]);
      expect(await names()).to.deep.equal(['us-central1-a/m1']);
    });

    it('with wrong credentials: lists what remains and why, and forgets nothing', async () => {
      const machine = await bench.machine('m1');
      await machine.create();
      const before = await cloud.inventory();
      bench.secrets = secretsOf(cloud, { email: 'nobody@example.com' });
      const left = await machine.remove();
      expect(left.map(({ kind }) => kind)).to.deep.equal(['GCE VM', 'GCE firewall rules']);
      expect(await cloud.inventory()).to.deep.equal(before);
      bench.secrets = secretsOf(cloud);
      await gone(machine);
    });

    it('of a protected machine: refused with the command that allows it', async () => {
      const machine = await bench.machine('m1', { 'google-deletion-protection': true });
      await machine.create();
      const [vm] = await machine.remove();
      expect(plain(vm?.why ?? '')).to.include('gcloud compute instances update m1 --no-deletion-protection --zone us-central1-a');
      expect(await names()).to.have.length(1);
    });

    it('of one of two machines leaves their rules; two stores with the same names never touch each other', async () => {
      const owner = { store: 'first', machine: 'm1' };
      const [m1, m2, theirs] = [
        await bench.machine('m1', {}, owner),
        await bench.machine('m2', {}, { ...owner, machine: 'm2' }),
        await bench.machine('m1', { 'google-zone': ['europe-west1-b'] }, { store: 'second', machine: 'm1' }),
      ];
      for (const machine of [m1, m2, theirs]) await machine.create();
      expect(await theirs.remove()).to.deep.equal([]);
      expect(await names()).to.deep.equal(['us-central1-a/m1', 'us-central1-a/m2']);
      expect((await cloud.inventory()).filter((line) => line.includes('firewall'))).to.have.length(1);
    });
  });

  describe('look', () => {
    it('tells a machine that Google took back or lost from one that the user stopped', async () => {
      const [spot, plainOne] = [await bench.machine('spot', { 'google-spot': true }), await bench.machine('plain')];
      for (const machine of [spot, plainOne]) await machine.create();
      await cloud.reclaim('spot');
      await plainOne.stop();
      expect((await spot.look()).why?.code).to.equal('reclaimed');
      expect(await plainOne.look()).to.deep.equal({ state: 'Stopped', addresses: [] });
      await spot.start();
      expect((await spot.look()).state).to.equal('Running');
      await cloud.deleteByHand('instances/plain');
      expect((await plainOne.look()).why?.code).to.equal('gone');
    });

    it('asks once for fifty machines', async () => {
      const machine = await bench.machine('m1');
      await machine.create();
      const machines = new Map<string, DriverData>(
        Array.from({ length: 50 }, (_, i) => [`m${i}`, { ...machine.memory.data, MachineName: 'm1' }] as const),
      );
      const before = (await cloud.calls()).length;
      const looks = await bench.driver.lookAll?.(machines, bench.account());
      expect(looks?.size).to.equal(50);
      expect((await cloud.calls(before)).map(({ action }) => action)).to.deep.equal(['instances.aggregatedList']);
    });
  });

  it('takes over a VM that is there: only its keys change, and it stays when the machine goes', async () => {
    const theirs = await bench.machine('m1', {}, { store: 'theirs', machine: 'theirs' });
    await theirs.create();
    const keys = async () => (await cloud.instances())[0]?.metadata['ssh-keys']?.split('\n') ?? [];
    const [before, known] = [await cloud.inventory(), await keys()];
    const machine = await bench.machine('m1', { 'google-use-existing': true });
    await machine.precheck();
    await cloud.fault({ kind: 'error', action: 'instances.setMetadata', status: 412, reason: 'conditionNotMet' });
    await machine.create();
    expect(await keys()).to.have.length(known.length + 1);
    const { state, ssh } = await machine.look();
    expect([state, ssh?.hostKeyKnown]).to.deep.equal(['Running', false]);
    expect(await machine.remove()).to.deep.equal([]);
    expect(await keys()).to.deep.equal(known);
    expect(await cloud.inventory()).to.deep.equal(before);
  });

  it("makes Debian's login by Google's agent, and expects no host key of it: its images have no cloud-init", async () => {
    const machine = await bench.machine('m1', { 'google-image': 'debian' });
    await machine.create();
    const [{ image, metadata } = { image: '', metadata: {} }] = await cloud.instances();
    expect(image).to.match(/^debian-13-/);
    expect(Object.keys(metadata)).to.deep.equal(['ssh-keys']);
    expect((await machine.look()).ssh?.hostKeyKnown).to.equal(false);
    expect(await computerFiles.exists(join(machine.machineDir, 'known_hosts'))).to.equal(false);
    const refused = await failureOf((await bench.machine('m2', { 'google-image': 'debian', 'google-engine-at-boot': true })).precheck());
    expect(refused.message).to.include('--google-engine-at-boot needs an image with cloud-init');
  });

  it('twenty machines at once with five calls a second: all are made, with one set of rules and few calls each', async function () {
    this.timeout(240_000);
    await cloud.behave({ perSecond: 5 });
    const machines = await Promise.all(
      Array.from({ length: 20 }, (_, i) => bench.machine(`m${i}`, {}, { store: 'one', machine: `m${i}` })),
    );
    await Promise.all(machines.map((machine) => machine.create()));
    expect(await names()).to.have.length(20);
    const calls = (await cloud.calls()).filter(({ action, outcome }) => !action.endsWith('.wait') && outcome === 'ok');
    expect(calls.length / machines.length).to.be.at.most(12);
    expect((await cloud.inventory()).filter((line) => line.includes('firewall'))).to.have.length(1);
  });
});
