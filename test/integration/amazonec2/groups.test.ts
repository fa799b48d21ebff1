import { expect } from 'chai';

import { readConfig } from '../../../drivers/amazonec2/config.js';
import { removeGroup } from '../../../drivers/amazonec2/network/remove-group.js';
import type { FlagValues } from '../../../src/base/flags.js';
import type { LedgerEntry } from '../../../src/driver/contract.js';
import { plain } from '../../../src/base/text.js';
import { failureOf, hintOf } from '../../helpers/failure.js';
import { ec2StandIn, type Ec2StandIn } from '../../stand-ins/ec2/index.js';
import { actionsOf, open } from './ec2-world.js';
import { defaultVpc, NetworkMachine, waysInto } from './network-world.js';

const [storeA, storeB] = ['0a000000-0000-4000-8000-000000000000', '0b000000-0000-4000-8000-000000000000'];

describe('amazonec2: security groups', () => {
  let cloud: Ec2StandIn;
  before(async function () {
    cloud = await ec2StandIn(this);
  });
  beforeEach(() => cloud.reset());
  afterEach(async () => {
    expect(await cloud.violations()).to.deep.equal([]);
  });

  const machine = (flags: FlagValues = {}, store = storeA, id = 'm1') =>
    new NetworkMachine(cloud, open(cloud), { store, machine: id }, flags);
  const only = ([id = '']: readonly string[]) => id;
  const groupsMade = async () => (await cloud.inventory()).filter((line) => /\bgroup sg-/.test(line));

  async function usersGroup(name: string): Promise<string> {
    const ec2 = open(cloud);
    const { GroupId: id = '' } = await ec2.call('CreateSecurityGroup', {
      GroupName: name,
      Description: 'mine',
      VpcId: await defaultVpc(ec2),
      TagSpecifications: [{ ResourceType: 'security-group', Tags: [{ Key: 'tsmachine.store', Value: storeB }] }],
    });
    return id;
  }

  it('are one for a store and network, closed but for this computer, by three calls and then by one', async () => {
    const m1 = machine();
    const vpc = await defaultVpc(m1.ec2);
    const before = (await cloud.calls()).length;
    const id = only(await m1.groups(vpc));
    expect(actionsOf(await cloud.calls(before))).to.deep.equal([
      'DescribeSecurityGroups',
      'CreateSecurityGroup',
      'AuthorizeSecurityGroupIngress',
    ]);
    expect(await waysInto(m1.ec2, id)).to.deep.equal(['tcp 22 203.0.113.7/32', 'tcp 2376 203.0.113.7/32']);
    expect(m1.memory.entries).to.have.length(1);
    expect(m1.memory.entries[0]).to.include({ key: `group-eu-central-1-${vpc}`, scope: 'store', id });
    const m2 = machine({}, storeA, 'm2');
    const after = (await cloud.calls()).length;
    expect(only(await m2.groups(vpc))).to.equal(id);
    expect(actionsOf(await cloud.calls(after))).to.deep.equal(['DescribeSecurityGroups']);
    expect(m1.io.warnings).to.deep.equal([]);
  });

  it('let in what another machine of the store needs as well, and nothing twice', async () => {
    const m1 = machine();
    const id = only(await m1.groups());
    const m2 = machine({
      'amazonec2-ssh-port': 2222,
      'amazonec2-open-port': ['80', '53/udp'],
      'amazonec2-allowed-cidr': ['198.51.100.0/24', '2001:db8::/32'],
    });
    expect(only(await m2.groups())).to.equal(id);
    const ways = [
      'tcp 22 203.0.113.7/32',
      'tcp 2222 198.51.100.0/24',
      'tcp 2222 2001:db8::/32',
      'tcp 2376 198.51.100.0/24',
      'tcp 2376 2001:db8::/32',
      'tcp 2376 203.0.113.7/32',
      'tcp 80 0.0.0.0/0',
      'tcp 80 ::/0',
      'udp 53 0.0.0.0/0',
      'udp 53 ::/0',
    ];
    expect(await waysInto(m1.ec2, id)).to.deep.equal(ways);
    await m2.groups();
    expect(await waysInto(m1.ec2, id)).to.deep.equal(ways);
  });

  it('of two stores on one account are two', async () => {
    const [m1, m2] = [machine(), machine({}, storeB)];
    const [one, other] = [only(await m1.groups()), only(await m2.groups())];
    expect(one).not.to.equal(other);
    const entry = m1.entries('m1')[0] as LedgerEntry;
    expect(await removeGroup(entry, m1.ctx, m1.ec2)).to.equal(undefined);
    expect(await groupsMade()).to.have.length(1);
    expect(await waysInto(m2.ec2, other)).to.have.length(2);
    // even an id that a ledger has by mistake
    expect(await removeGroup({ ...entry, id: other }, m1.ctx, m1.ec2)).to.equal(undefined);
    expect(await groupsMade()).to.have.length(1);
  });

  it('that others add rules to at the same moment have each rule once', async () => {
    const m1 = machine();
    const id = only(await m1.groups());
    const cidrs = ['198.51.100.0/24', '198.51.101.0/24'];
    const machines = cidrs.map((cidr) => machine({ 'amazonec2-allowed-cidr': [cidr, '192.0.2.0/24'] }));
    await Promise.all(machines.map((each) => each.groups()));
    expect(await waysInto(m1.ec2, id)).to.deep.equal(
      ['192.0.2.0/24', ...cidrs, '203.0.113.7/32'].flatMap((cidr) => [`tcp 22 ${cidr}`, `tcp 2376 ${cidr}`]).sort(),
    );
  });

  it('are found again when the answer was lost, and when EC2 does not show yet what it made', async () => {
    await cloud.behave({ unseenById: 2, unseenInLists: 3 });
    await cloud.fault({ kind: 'lost', action: 'CreateSecurityGroup' });
    const m1 = machine();
    const id = only(await m1.groups());
    expect(await groupsMade()).to.have.length(1);
    expect(await waysInto(m1.ec2, id)).to.have.length(2);
  });

  it('that were deleted by hand are made again', async () => {
    const m1 = machine();
    const id = only(await m1.groups());
    await m1.ec2.call('DeleteSecurityGroup', { GroupId: id });
    const again = only(await m1.groups());
    expect(again).not.to.equal(id);
    expect(m1.memory.entries.map((entry) => entry.id)).to.deep.equal([again]);
    expect(await waysInto(m1.ec2, again)).to.have.length(2);
  });

  describe("of the user's", () => {
    it('are used as they are: neither rules nor tags change, and they stay', async () => {
      const id = await usersGroup('web');
      const m1 = machine({ 'amazonec2-security-group': ['web'], 'amazonec2-open-port': ['80'] });
      const before = await cloud.inventory();
      expect(await m1.groups()).to.deep.equal([id]);
      expect(await cloud.inventory()).to.deep.equal(before);
      expect(m1.memory.entries).to.deep.equal([]);
      expect(m1.io.warnings).to.deep.equal([
        'The security group web is not changed because tsmachine did not make it; it lets nobody reach port 22 or 2376',
      ]);
    });

    it('may be named by id, beside one that is made', async () => {
      const id = await usersGroup('web');
      const m1 = machine({ 'amazonec2-security-group': [id, 'more'] });
      const ids = await m1.groups();
      expect(ids).to.have.length(2).and.include(id);
      expect(await waysInto(m1.ec2, id)).to.deep.equal([]);
      expect(await waysInto(m1.ec2, ids[1] ?? '')).to.have.length(2);
      expect(await m1.groups(), 'the second time').to.deep.equal(ids);
    });

    it('are refused before anything is made when they cannot be used', async () => {
      const id = await usersGroup('web');
      const refusals: [FlagValues, RegExp][] = [
        [{ 'amazonec2-security-group': ['sg-0123456789abcdef0'] }, /There is no security group sg-0123456789abcdef0/],
        [{ 'amazonec2-security-group': ['none'], 'amazonec2-security-group-readonly': true }, /no security group none.*readonly/],
        [{ 'amazonec2-security-group-readonly': true }, /--amazonec2-security-group-readonly/],
      ];
      for (const [flags, text] of refusals) {
        const error = await failureOf(machine(flags).groups());
        expect(error.code).to.equal('FLAG_INVALID');
        expect(error.message).to.match(text);
        expect(hintOf(error)).to.contain('--amazonec2-security-group');
      }
      const error = await failureOf(machine({ 'amazonec2-security-group': [id] }).groups('vpc-0123456789abcdef0'));
      expect(error.message).to.match(/is of vpc-\w+, not of vpc-/);
      expect(await groupsMade()).to.have.length(1);
    });
  });

  it('need an address of this computer that is one, else nothing is made and the flag is named', async () => {
    for (const here of ['<html>log in first</html>', '', '203.0.113.0/24', '2001:db8::7']) {
      const m1 = machine();
      m1.here = here;
      const error = await failureOf(m1.groups());
      expect(`${error.message} ${hintOf(error)}`, here)
        .to.contain('--amazonec2-allowed-cidr')
        .and.contain('--amazonec2-address-lookup');
      expect(await groupsMade()).to.deep.equal([]);
    }
  });

  it('open to the world say so', async () => {
    const m1 = machine({ 'amazonec2-allowed-cidr': ['0.0.0.0/0'] });
    await m1.groups();
    expect(m1.io.warnings).to.have.length(1);
    expect(m1.io.warnings[0]).to.contain('everybody').and.contain('--amazonec2-allowed-cidr');
  });

  it('let the VPC in where the machine is reached by its private address', async () => {
    const m1 = machine({ 'amazonec2-private-address-only': true });
    m1.here = 'nobody asks';
    expect(await waysInto(m1.ec2, only(await m1.groups()))).to.deep.equal(['tcp 22 172.31.0.0/16', 'tcp 2376 172.31.0.0/16']);
  });

  describe('are removed', () => {
    it('once, and again', async () => {
      const m1 = machine();
      await m1.groups();
      const last = m1.entries('m1')[0] as LedgerEntry;
      expect(await removeGroup(last, m1.ctx, m1.ec2)).to.equal(undefined);
      expect(await groupsMade()).to.deep.equal([]);
      expect(await removeGroup(last, m1.ctx, m1.ec2), 'again').to.equal(undefined);
    });

    it('by name when the ledger does not know the id', async () => {
      const m1 = machine();
      await m1.groups();
      const { id: _id, ...entry } = m1.entries('m1')[0] as LedgerEntry;
      expect(await removeGroup(entry, m1.ctx, m1.ec2)).to.equal(undefined);
      expect(await groupsMade()).to.deep.equal([]);
    });

    it('once the instance is gone that is on its way out', async () => {
      await cloud.behave({ shuttingDown: 3 });
      const m1 = machine();
      const instance = await m1.run(await m1.groups());
      await m1.ec2.call('TerminateInstances', { InstanceIds: [instance] });
      expect(await removeGroup(m1.entries('m1')[0] as LedgerEntry, m1.ctx, m1.ec2)).to.equal(undefined);
      expect(await groupsMade()).to.deep.equal([]);
    });

    it('not while another instance uses them, which is told', async () => {
      const m1 = machine();
      const instance = await m1.run(await m1.groups());
      const left = await removeGroup(m1.entries('m1')[0] as LedgerEntry, m1.ctx, m1.ec2);
      expect(left?.kind).to.equal('EC2 security group');
      expect(plain(left?.why ?? '')).to.match(new RegExp(`eni-\\w+ of ${instance}`));
      expect(await groupsMade()).to.have.length(1);
    });
  });

  it('are read from data that Docker Machine wrote', () => {
    const { securityGroupIds, securityGroupNames } = readConfig({ SecurityGroupIds: ['sg-1'], SecurityGroupNames: ['docker-machine'] });
    expect([securityGroupIds, securityGroupNames]).to.deep.equal([['sg-1'], ['docker-machine']]);
  });
});
