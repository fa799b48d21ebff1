import { expect } from 'chai';

import { accessOf, allow } from '../../../drivers/amazonec2/network/access.js';
import { attachAddress, detachAddress, ensureAddress, removeAddress } from '../../../drivers/amazonec2/network/elastic.js';
import { openPorts } from '../../../drivers/amazonec2/network/ports.js';
import type { FlagValues } from '../../../src/base/flags.js';
import { memoryAccount } from '../../../src/driver/kit/memory-context.js';
import type { LedgerEntry, PortRule } from '../../../src/driver/contract.js';
import type { Pace } from '../../../src/driver/kit/cloud/call/pace.js';
import { computerFiles } from '../../../src/machine/access/files.js';
import { failureOf, hintOf } from '../../helpers/failure.js';
import { RecordingIo } from '../../helpers/recording-io.js';
import { ec2StandIn, type Ec2StandIn } from '../../stand-ins/ec2/index.js';
import { open } from './ec2-world.js';
import { defaultVpc, NetworkMachine, waysInto } from './network-world.js';

const store = '0a000000-0000-4000-8000-000000000000';

/** Pauses take no time, but time passes. */
function quickPace(): Pace {
  let now = Date.now();
  return {
    now: () => now,
    pause: (milliseconds) => {
      now += milliseconds;
      return Promise.resolve();
    },
  };
}

describe('amazonec2: network', () => {
  const pace = quickPace();
  let cloud: Ec2StandIn;
  before(async function () {
    cloud = await ec2StandIn(this);
  });
  beforeEach(() => cloud.reset());
  afterEach(async () => {
    expect(await cloud.violations()).to.deep.equal([]);
  });

  const machine = (flags: FlagValues = {}, id = 'm1') => new NetworkMachine(cloud, open(cloud), { store, machine: id }, flags);

  async function usersGroup(name: string): Promise<string> {
    const ec2 = open(cloud);
    const { GroupId: id = '' } = await ec2.call('CreateSecurityGroup', {
      GroupName: name,
      Description: 'mine',
      VpcId: await defaultVpc(ec2),
    });
    return id;
  }

  describe('access', () => {
    it('is of the address that a machine was made from, and of another one once that is allowed', async () => {
      const m1 = machine();
      await m1.groups();
      expect(await accessOf(m1.config, m1.ctx, m1.ec2)).to.deep.equal({ allowed: ['203.0.113.7/32'], here: '203.0.113.7' });
      m1.here = '198.51.100.9';
      expect(await accessOf(m1.config, m1.ctx, m1.ec2)).to.deep.equal({ allowed: ['203.0.113.7/32'], here: '198.51.100.9' });
      expect(await allow(m1.config, m1.ctx, m1.ec2, [])).to.deep.equal(['198.51.100.9/32']);
      expect(await allow(m1.config, m1.ctx, m1.ec2, []), 'again').to.deep.equal([]);
      expect(await allow(m1.config, m1.ctx, m1.ec2, ['198.51.100.9/32', '192.0.2.99/24'])).to.deep.equal(['192.0.2.0/24']);
      expect((await accessOf(m1.config, m1.ctx, m1.ec2)).allowed).to.deep.equal(['203.0.113.7/32', '198.51.100.9/32', '192.0.2.0/24']);
      expect(await allow(m1.config, m1.ctx, m1.ec2, ['192.0.2.4/32']), 'it lies in an allowed network').to.deep.equal([]);
    });

    it("is not changed in a group of the user's, which is named", async () => {
      const id = await usersGroup('web');
      const m1 = machine({ 'amazonec2-security-group': ['web'] });
      await m1.groups();
      const { allowed, fixed } = await accessOf(m1.config, m1.ctx, m1.ec2);
      expect(allowed).to.deep.equal([]);
      expect(fixed).to.contain(`web (${id})`).and.contain('2376');
      const error = await failureOf(allow(m1.config, m1.ctx, m1.ec2, ['192.0.2.0/24']));
      expect(error.code).to.equal('DRIVER_UNSUPPORTED');
      expect(await waysInto(m1.ec2, id)).to.deep.equal([]);
    });
  });

  describe('ports of a swarm', () => {
    const rules: readonly PortRule[] = [{ protocol: 'tcp', port: 2377 }, { protocol: 'udp', port: 7946 }, { protocol: 'esp' }];
    const swarmWays = (source: string) => [`50  ${source}`, `tcp 2377 ${source}`, `udp 7946 ${source}`];
    let io: RecordingIo;
    beforeEach(() => {
      io = new RecordingIo();
    });

    const openFor = (
      members: readonly NetworkMachine[],
      swarm: string,
      wanted: readonly PortRule[] = rules,
      peers: readonly string[] = [],
    ) => {
      const ctx = memoryAccount(store, [], { cacheDir: '/nowhere', files: computerFiles, machineDir: (name) => name, io });
      const data = new Map(members.map((member, i) => [`m${i + 1}`, member.data]));
      return openPorts(data, ctx, { swarm, peers, rules: wanted }, () => open(cloud));
    };

    it('are open to the group alone, once, until the set is empty', async () => {
      const members = [machine(), machine({}, 'm2')];
      const [[id = '']] = [(await members[0]?.groups()) ?? [], await members[1]?.groups()];
      const ec2 = open(cloud);
      const before = await waysInto(ec2, id);
      await openFor(members, 'prod');
      expect(await waysInto(ec2, id)).to.deep.equal([...before, ...swarmWays(id)].sort());
      const calls = (await cloud.calls()).length;
      await openFor(members, 'prod');
      expect((await cloud.calls(calls)).filter(({ action }) => !action.startsWith('Describe'))).to.deep.equal([]);
      await openFor(members, 'prod', []);
      expect(await waysInto(ec2, id)).to.deep.equal(before);
      expect(io.warnings).to.deep.equal([]);
    });

    it('are open to members elsewhere by their addresses, and to those no longer when they have left', async () => {
      const m1 = machine();
      const [id = ''] = await m1.groups();
      const before = await waysInto(m1.ec2, id);
      await m1.ctx.keep({ IPAddress: '198.18.0.5' });
      await openFor([m1], 'prod', rules, ['192.0.2.8', '2001:db8::8', 'far.example']);
      const near = [...swarmWays(id), ...swarmWays('198.18.0.5/32')];
      expect(await waysInto(m1.ec2, id)).to.deep.equal(
        [...before, ...near, ...swarmWays('192.0.2.8/32'), ...swarmWays('2001:db8::8/128')].sort(),
      );
      expect(io.warnings).to.have.length(1);
      expect(io.warnings[0]).to.contain('far.example');
      await openFor([m1], 'prod', rules, ['192.0.2.8']);
      expect(await waysInto(m1.ec2, id)).to.deep.equal([...before, ...near, ...swarmWays('192.0.2.8/32')].sort());
    });

    it('of two swarms in one group go with the last of them', async () => {
      const m1 = machine();
      const [id = ''] = await m1.groups();
      const before = await waysInto(m1.ec2, id);
      await openFor([m1], 'prod');
      await openFor([m1], 'test', rules.slice(0, 2));
      await openFor([m1], 'prod', []);
      const kept = swarmWays(id).filter((way) => !way.startsWith('50'));
      expect(await waysInto(m1.ec2, id)).to.deep.equal([...before, ...kept].sort());
      await openFor([m1], 'test', []);
      expect(await waysInto(m1.ec2, id)).to.deep.equal(before);
    });

    it("are not opened in a group of the user's: what to open is named, once", async () => {
      const id = await usersGroup('web');
      const m1 = machine({ 'amazonec2-security-group': ['web'] });
      await m1.groups();
      await openFor([m1], 'prod');
      expect(await waysInto(m1.ec2, id)).to.deep.equal([]);
      expect(io.warnings).to.have.length(1);
      expect(io.warnings[0]).to.contain(`web (${id})`).and.contain('2377/tcp').and.contain('ESP');
    });
  });

  describe('an Elastic IP', () => {
    const addresses = async () => (await cloud.inventory()).filter((line) => line.includes('eipalloc-'));

    it('of ours is allocated once, also when the answer was lost, stays with the instance, and goes', async () => {
      await cloud.fault({ kind: 'lost', action: 'AllocateAddress' });
      const m1 = machine({ 'amazonec2-elastic-ip': 'new' });
      const first = await ensureAddress(m1.config, m1.ctx, m1.ec2, pace).catch(() => undefined);
      const id = await ensureAddress(m1.config, m1.ctx, m1.ec2, pace);
      expect(first ?? id).to.equal(id);
      expect(await addresses()).to.have.length(1);
      const instance = await m1.run(await m1.groups());
      await attachAddress(m1.ec2, m1.ctx, id ?? '', { instanceId: instance });
      await attachAddress(m1.ec2, m1.ctx, id ?? '', { instanceId: instance });
      const { Addresses: [address] = [] } = await m1.ec2.call('DescribeAddresses', {});
      expect(address?.InstanceId).to.equal(instance);
      const entry = m1.memory.entries.find(({ key }) => key === 'address') as LedgerEntry;
      expect(await removeAddress(entry, m1.ctx, m1.ec2, pace)).to.equal(undefined);
      expect(await addresses()).to.deep.equal([]);
      expect(await removeAddress(entry, m1.ctx, m1.ec2, pace), 'again').to.equal(undefined);
    });

    it("of the user's is taken off and never released, and is refused where something else has it", async () => {
      const ec2 = open(cloud);
      const { AllocationId: id = '' } = await ec2.call('AllocateAddress', { Domain: 'vpc' });
      const m1 = machine({ 'amazonec2-elastic-ip': id });
      expect(await ensureAddress(m1.config, m1.ctx, m1.ec2, pace)).to.equal(id);
      const instance = await m1.run(await m1.groups());
      await attachAddress(m1.ec2, m1.ctx, id, { instanceId: instance });
      expect(await ensureAddress(m1.config, m1.ctx, m1.ec2, pace), 'it is at this machine already').to.equal(id);
      const other = machine({ 'amazonec2-elastic-ip': id }, 'm2');
      const error = await failureOf(ensureAddress(other.config, other.ctx, other.ec2, pace));
      expect(error).to.include({ code: 'FLAG_INVALID' });
      expect(error.message).to.contain(instance);
      await detachAddress(m1.config, m1.ec2);
      expect(await addresses()).to.have.length(1);
      expect(m1.memory.entries.some(({ kind }) => kind === 'Elastic IP')).to.equal(false);
      expect((await ec2.call('DescribeAddresses', {})).Addresses?.[0]).not.to.have.property('InstanceId');
    });

    it('that does not exist is refused by the name of the flag', async () => {
      const m1 = machine({ 'amazonec2-elastic-ip': 'eipalloc-0123456789abcdef0' });
      const error = await failureOf(ensureAddress(m1.config, m1.ctx, m1.ec2, pace));
      expect(error.code).to.equal('FLAG_INVALID');
      expect(hintOf(error)).to.contain('--amazonec2-elastic-ip');
    });
  });
});
