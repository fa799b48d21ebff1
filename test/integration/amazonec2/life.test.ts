import { EC2Client, ModifyInstanceAttributeCommand, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { expect } from 'chai';

import { realPace } from '../../../src/driver/kit/cloud/call/pace.js';
import type { DriverData } from '../../../src/driver/contract.js';
import { plain } from '../../../src/base/text.js';
import { failureOf, hintOf } from '../../helpers/failure.js';
import { ec2StandIn, type Ec2StandIn } from '../../stand-ins/ec2/index.js';
import { Bench, foreignInstance } from './bench.js';
import { secretsOf } from './driver-world.js';

const zonesOf = (machine: { memory: { data: Readonly<Record<string, unknown>> } }) => machine.memory.data['Zone'];

describe('amazonec2: the life of a machine', () => {
  let cloud: Ec2StandIn;
  let bench: Bench;

  before(async function () {
    cloud = await ec2StandIn(this);
  });
  beforeEach(async () => {
    await cloud.reset();
    bench = await Bench.open(cloud);
  });
  afterEach(async () => {
    expect(await cloud.violations()).to.deep.equal([]);
    await bench.close();
  });

  const alive = async () => (await cloud.instances()).filter(({ shown }) => !/shutting-down|terminated/.test(shown.State.Name));

  describe('capacity', () => {
    it('every zone exhausted but the last: lands there without waiting, and asks once for each place', async () => {
      const zones = ['a', 'b', 'c', 'd'];
      await cloud.exhaust(zones.slice(0, -1).map((zone) => ({ zone: `us-east-1${zone}` })));
      const machine = await bench.machine('m1', { 'amazonec2-zone': zones });
      const began = performance.now();
      await machine.create();
      expect(performance.now() - began).to.be.below(zones.length * 2000);
      expect(zonesOf(machine)).to.equal('d');
      expect(await bench.count('RunInstances')).to.equal(zones.length);
      expect(await alive()).to.have.length(1);
    });

    it('spot exhausted everywhere: an instance on demand, if that was allowed', async () => {
      await cloud.exhaust([{ market: 'spot' }]);
      const flags = { 'amazonec2-zone': ['a', 'b'], 'amazonec2-request-spot-instance': true };
      const refused = await failureOf((await bench.machine('m1', flags)).create());
      expect(refused.message).to.include('spot t3.micro in us-east-1a: ').and.include('spot t3.micro in us-east-1b: ');
      expect(hintOf(refused)).to.include('--amazonec2-spot-fallback');
      expect(await cloud.inventory()).to.deep.equal([]);
      const machine = await bench.machine('m2', { ...flags, 'amazonec2-spot-fallback': true });
      await machine.create();
      expect(machine.memory.data['RequestSpotInstance']).to.equal(false);
      expect(await machine.remove()).to.deep.equal([]);
      expect(await cloud.inventory()).to.deep.equal([]);
    });

    it('everything exhausted: one error with what Amazon says of each place, and nothing left', async () => {
      await cloud.exhaust([{}]);
      const machine = await bench.machine('m1', { 'amazonec2-instance-type': ['t3.micro', 't3.small'], 'amazonec2-zone': ['a', 'b'] });
      const { code, message } = await failureOf(machine.create());
      expect(code).to.equal('DRIVER_FAILED');
      expect(message.match(/InsufficientInstanceCapacity/g)).to.have.length(4);
      expect(await cloud.inventory()).to.deep.equal([]);
      expect(machine.memory.entries).to.deep.equal([]);
      await cloud.exhaust([]);
      await machine.create();
      expect(await alive()).to.have.length(1);
    });

    it("a quota: ends at once with Amazon's words and what to do, and leaves nothing", async () => {
      await cloud.setLimits({ vcpus: 1 });
      const machine = await bench.machine('m1');
      const refused = await failureOf(machine.create());
      expect(refused.message).to.match(/VcpuLimitExceeded, request /);
      expect(hintOf(refused)).to.include('servicequotas');
      expect(await bench.count('RunInstances')).to.equal(1);
      expect(await cloud.inventory()).to.deep.equal([]);
      expect(machine.memory.entries).to.deep.equal([]);
    });
  });

  describe('lost answers', () => {
    it('of the second place, with room in the first again and nothing visible for long: still one instance', async () => {
      await cloud.behave({ unseenInLists: 6 });
      await cloud.exhaust([{ zone: 'us-east-1a' }]);
      const machine = await bench.machine('m1', { 'amazonec2-zone': ['a', 'b'], 'amazonec2-retries': -1 });
      await cloud.fault({ kind: 'lost', action: 'RunInstances', nth: 2 });
      await failureOf(machine.create());
      await cloud.exhaust([]);
      await machine.create();
      expect(await alive()).to.have.length(1);
      expect(zonesOf(machine)).to.equal('b');
      expect(await machine.remove()).to.deep.equal([]);
      expect(await cloud.inventory()).to.deep.equal([]);
    });

    it('with a group that was made anew meanwhile: the instance is found, not made again', async () => {
      const machine = await bench.machine('m1', { 'amazonec2-zone': ['a'], 'amazonec2-retries': -1 });
      await cloud.fault({ kind: 'lost', action: 'RunInstances' });
      await failureOf(machine.create());
      await cloud.behave({ unseenInLists: 0 });
      machine.memory.data = { ...machine.memory.data, Monitoring: true }; // another request with the same token
      await machine.create();
      expect(await alive()).to.have.length(1);
    });

    it('and then rm: an instance that is not visible yet is waited for', async () => {
      await cloud.behave({ unseenInLists: 6, unseenById: 3 });
      const machine = await bench.machine('m1', { 'amazonec2-retries': -1 });
      await cloud.fault({ kind: 'lost', action: 'RunInstances' });
      await failureOf(machine.create());
      expect(await machine.remove()).to.deep.equal([]);
      expect(await cloud.inventory()).to.deep.equal([]);
      expect(machine.memory.entries).to.deep.equal([]);
    });

    it('and then somebody terminates the instance: another one is made', async () => {
      const machine = await bench.machine('m1', { 'amazonec2-retries': -1 });
      await cloud.fault({ kind: 'lost', action: 'RunInstances' });
      await failureOf(machine.create());
      const [first] = await alive();
      await cloud.deleteByHand(first?.shown.InstanceId ?? '');
      await machine.create();
      expect((await alive()).map(({ shown }) => shown.InstanceId)).to.deep.equal([machine.id]);
    });
  });

  describe('rm', () => {
    for (const forgotten of [false, true]) {
      it(`of an instance that was deleted by hand${forgotten ? ' long ago' : ''}: everything else goes`, async () => {
        const machine = await bench.machine('m1');
        await machine.create();
        await cloud.deleteByHand(machine.id, { forgotten });
        expect(await machine.remove()).to.deep.equal([]);
        expect(await cloud.inventory()).to.deep.equal([]);
        expect(machine.memory.entries).to.deep.equal([]);
      });
    }

    it('with the group in use by others: the instance goes, the group is listed and stays in the ledger until it is free', async () => {
      const machine = await bench.machine('m1');
      await machine.create();
      const [group = ''] = machine.memory.data['SecurityGroupIds'] as string[];
      const foreign = await foreignInstance(cloud, group, String(machine.memory.data['AMI']));
      const left = await machine.remove();
      expect(left.map(({ kind, id }) => [kind, id])).to.deep.equal([['EC2 security group', group]]);
      expect(plain(left[0]?.why ?? '')).to.include(foreign);
      expect(machine.memory.entries.map(({ kind }) => kind)).to.deep.equal(['EC2 security group']);
      expect((await alive()).map(({ shown }) => shown.InstanceId)).to.deep.equal([foreign]);
      await cloud.deleteByHand(foreign);
      expect(await machine.remove()).to.deep.equal([]);
      expect(await cloud.inventory()).to.deep.equal([]);
    });

    it('with wrong credentials: lists what remains and why, and forgets nothing', async () => {
      const machine = await bench.machine('m1');
      await machine.create();
      const entries = machine.memory.entries;
      bench.secrets = secretsOf({ id: 'AKIAWRONG00000000000', secret: 'wrong' });
      const left = await machine.remove();
      expect(left.map(({ id }) => id)).to.have.members([machine.id, ...(machine.memory.data['SecurityGroupIds'] as string[])]);
      expect(plain(left[0]?.why ?? '')).to.include('AuthFailure');
      expect(machine.memory.entries).to.deep.equal(entries);
      bench.secrets = secretsOf();
      expect(await machine.remove()).to.deep.equal([]);
      expect(await cloud.inventory()).to.deep.equal([]);
    });

    it('of a protected machine: refused with the command that allows it', async () => {
      const machine = await bench.machine('m1', { 'amazonec2-termination-protection': true });
      await machine.create();
      const [left] = await machine.remove();
      expect(plain(left?.why ?? ''))
        .to.include('--no-disable-api-termination')
        .and.include('--amazonec2-termination-protection');
      expect(await alive()).to.have.length(1);
      await new EC2Client(cloud.client()).send(
        new ModifyInstanceAttributeCommand({ InstanceId: machine.id, DisableApiTermination: { Value: false } }),
      );
      expect(await machine.remove()).to.deep.equal([]);
      expect(await cloud.inventory()).to.deep.equal([]);
    });

    it('of one of two machines leaves their group; two stores with the same names never touch each other', async () => {
      const [one, two] = [await bench.machine('m1'), await bench.machine('m1', {}, { store: 'other-store', machine: 'other-machine' })];
      await one.create();
      await two.create();
      const before = (await cloud.inventory()).filter((line) => line.includes('other-store'));
      expect(await one.remove()).to.deep.equal([]);
      expect(await cloud.inventory()).to.deep.equal(before);
      expect((await two.look()).state).to.equal('Running');
    });
  });

  describe('look', () => {
    it('tells a machine that AWS reclaimed, stopped or lost from one that the user stopped', async () => {
      const machine = await bench.machine('m1', { 'amazonec2-request-spot-instance': true });
      await machine.create();
      await cloud.reclaim(machine.id);
      await machine.until('None');
      expect((await machine.look()).why?.code).to.equal('reclaimed');
      const other = await bench.machine('m2');
      await other.create();
      await other.stop();
      await other.until('Stopped');
      expect((await other.look()).why?.code).to.equal('stopped');
      await cloud.setInstance(other.id, {
        state: 'stopped',
        reason: { Code: 'Server.ScheduledStop', Message: 'Server.ScheduledStop: Stopped due to a scheduled retirement' },
      });
      expect((await other.look()).why).to.deep.include({ code: 'reclaimed' });
      await cloud.deleteByHand(other.id);
      await other.until('None');
      expect((await other.look()).why?.code).to.equal('gone');
      for (const one of [machine, other]) expect(await one.remove()).to.deep.equal([]);
      expect(await cloud.inventory()).to.deep.equal([]);
    });

    it('asks once for fifty machines of a region', async () => {
      const ids = new Map<string, string>();
      for (const region of ['us-east-1', 'eu-central-1']) {
        const image = await bench.machine('image', { 'amazonec2-region': region });
        await image.create();
        const run = { ImageId: String(image.memory.data['AMI']), InstanceType: 't3.micro', MinCount: 25, MaxCount: 25 } as const;
        const { Instances: made = [] } = await new EC2Client(cloud.client(undefined, region)).send(new RunInstancesCommand(run));
        made.forEach(({ InstanceId: id = '' }, i) => ids.set(`${region}-${i}`, id));
      }
      const machines = await Promise.all(
        [...ids].map(async ([name, id]) => {
          const { memory } = await bench.machine(name, { 'amazonec2-region': name.replace(/-\d+$/, '') });
          return [name, { ...memory.data, InstanceId: id }] as const;
        }),
      );
      const { length: before } = await cloud.calls();
      const accountOf = (data: DriverData) => bench.driver.account?.(data, bench.secrets) ?? '';
      for (const account of new Set(machines.map(([, data]) => accountOf(data)))) {
        const group = machines.filter(([, data]) => accountOf(data) === account);
        const looks = await bench.driver.lookAll?.(new Map(group), bench.account());
        expect([...(looks?.values() ?? [])].filter((look) => 'state' in look && look.state !== 'None')).to.have.length(25);
      }
      expect((await cloud.calls(before)).map(({ action }) => action)).to.deep.equal(['DescribeInstances', 'DescribeInstances']);
    });
  });

  describe('power', () => {
    it('start waits for one that is stopping, keeps its new address; repeated calls are successes', async () => {
      await cloud.behave({ stopping: 2 });
      const machine = await bench.machine('m1');
      await machine.create();
      const before = machine.memory.data['IPAddress'];
      await machine.stop();
      await machine.stop();
      await machine.start();
      await machine.start();
      const { addresses, dockerUrl } = await machine.look();
      expect(addresses[0]?.ip).to.equal(machine.memory.data['IPAddress']).and.not.equal(before);
      expect(dockerUrl).to.equal(`tcp://${String(machine.memory.data['IPAddress'])}:2376`);
      await machine.kill();
      await machine.until('Stopped');
    });

    it('one that AWS took back is not started, and the error says what became of it; create makes another', async () => {
      const m1 = await bench.machine('m1', { 'amazonec2-request-spot-instance': true });
      await m1.create();
      await cloud.reclaim(m1.id);
      const failure = (work: Promise<unknown>) => work.then(String, (error: unknown) => String((error as Error).message));
      expect(await failure(m1.start())).to.match(/m1: AWS took the spot instance i-\w+ back/);
      expect(await failure(m1.stop())).to.match(/m1: AWS took the spot instance i-\w+ back/);
      const before = m1.id;
      await m1.create();
      expect(m1.id).not.to.equal(before);
      expect(await m1.remove()).to.deep.equal([]);
    });

    it('a spot instance is not stopped, and the error says what is possible', async () => {
      const machine = await bench.machine('m1', { 'amazonec2-request-spot-instance': true });
      await machine.create();
      expect(hintOf(await failureOf(machine.stop()))).to.include('rm m1');
    });
  });

  it('twenty machines at once with five calls a second: all are made, with at most twelve calls each', async function () {
    this.timeout(240_000);
    await cloud.behave({ perSecond: 5, burst: 10 });
    const together = await Bench.open(cloud, realPace);
    const store = 'store-of-twenty';
    const machines = await Promise.all(
      Array.from({ length: 20 }, (_, i) => together.machine(`m${i}`, {}, { store, machine: `machine-${i}` })),
    );
    await Promise.all(machines.map((machine) => machine.create()));
    expect(await alive()).to.have.length(20);
    const calls = (await cloud.calls()).filter(({ action, outcome }) => action !== 'DescribeInstances' && outcome === 'ok');
    expect(calls.length / machines.length).to.be.at.most(12);
    await together.close();
  });
});
