import { expect } from 'chai';

import { plain } from '../../../src/base/text.js';
import { armStandIn, type ArmStandIn } from '../../stand-ins/arm/index.js';
import { Bench, type Made } from './bench.js';

const rules = [{ protocol: 'tcp', port: 2377 }, { protocol: 'udp', port: 4789 }, { protocol: 'esp' }] as const;

describe('azure: networks, and who is let in', () => {
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

  const access = (machine: Made) => bench.driver.access?.(machine.memory.data, bench.context(machine));
  const allow = (machine: Made, networks: readonly string[]) => bench.driver.allow?.(machine.memory.data, bench.context(machine), networks);

  /** Group, network and security group of another store: as if they were somebody's own. */
  async function somebodys(): Promise<{
    readonly flags: Record<string, string>;
    readonly lines: readonly string[];
    readonly theirs: Made;
  }> {
    const theirs = await bench.machine('theirs', { 'azure-resource-group': 'mine', 'azure-vnet': 'net', 'azure-nsg': 'wall' });
    await theirs.create();
    const lines = (await cloud.inventory()).filter((line) => / (resourceGroups|virtualNetworks|networkSecurityGroups) /.test(line));
    return { flags: { 'azure-resource-group': 'mine', 'azure-vnet': 'net', 'azure-nsg': 'wall' }, lines, theirs };
  }

  it('uses what exists, and neither changes nor removes it', async () => {
    const { flags, lines } = await somebodys();
    const before = (await cloud.calls()).length;
    const machine = await bench.machine('m1', { ...flags, 'azure-open-port': ['8080'] });
    await machine.precheck();
    await machine.create();
    expect(await machine.remove()).to.deep.equal([]);
    expect(await cloud.inventory()).to.include.members([...lines]);
    const changed = (await bench.actions(before)).filter((action) =>
      /(virtualNetworks|networkSecurityGroups|resourceGroups)\/(write|delete)$/.test(action),
    );
    expect(changed).to.deep.equal([]);
  });

  it('keeps a group of its own in which somebody put something, and says what', async () => {
    const { theirs } = await somebodys();
    const guest = await bench.machine('guest', { 'azure-resource-group': 'mine' });
    await guest.create();
    const left = await theirs.remove();
    expect(left.map(({ kind }) => kind)).to.deep.equal(['Azure resource group']);
    expect(plain(left[0]?.why ?? ''))
      .to.include('it is not empty: ')
      .and.include('guest');
    expect(await guest.remove()).to.deep.equal([]);
    expect(await theirs.remove()).to.deep.equal([]);
    expect(await cloud.inventory()).to.deep.equal([]);
  });

  it('lets in who is named, or this computer, and more later', async () => {
    const machine = await bench.machine('m1', { 'azure-allowed-cidr': [], 'azure-open-port': ['8080', '53/udp'] });
    await machine.create();
    expect(await access(machine)).to.deep.equal({ allowed: ['203.0.113.9/32'], here: '203.0.113.9' });
    expect(await allow(machine, ['198.51.100.0/24', '203.0.113.9'])).to.deep.equal(['198.51.100.0/24']);
    expect((await access(machine))?.allowed).to.deep.equal(['203.0.113.9/32', '198.51.100.0/24']);
    bench.fetched = '203.0.113.77';
    expect(await allow(machine, [])).to.deep.equal(['203.0.113.77/32']);
    const { theirs, flags } = await somebodys();
    const other = await bench.machine('m2', flags);
    await other.create();
    expect(plain((await access(other))?.fixed ?? '')).to.include('The security group wall is not changed');
    const kept: unknown = await allow(other, ['10.0.0.0/8'])?.catch((error: unknown) => String(error));
    expect(kept).to.include('wall is not changed');
    expect(await theirs.look()).to.have.property('state', 'Running');
  });

  it('opens the ports of a swarm between its members, and closes those alone', async () => {
    const [one, other] = [await bench.machine('m1'), await bench.machine('m2')];
    for (const machine of [one, other]) await machine.create();
    const account = bench.account(one.memory.owner.store);
    const members = new Map([['m1', one.memory.data]]);
    const names = async () => {
      const calls = await cloud.calls();
      const last = calls.filter(({ action }) => action === 'Microsoft.Network/networkSecurityGroups/write').at(-1);
      const { properties } = last?.params as {
        properties: { securityRules: { name: string; properties: { sourceAddressPrefix?: string; sourceAddressPrefixes?: string[] } }[] };
      };
      return properties.securityRules.map(
        ({ name, properties: { sourceAddressPrefix, sourceAddressPrefixes } }) =>
          `${name} ${sourceAddressPrefix ?? sourceAddressPrefixes?.join() ?? ''}`,
      );
    };
    await bench.driver.openPorts?.(members, account, { swarm: 'a', peers: [], rules });
    await bench.driver.openPorts?.(members, account, { swarm: 'a-b', peers: ['198.51.100.7'], rules: [rules[0]] });
    const inside = String(one.own['privateIp']);
    const outside = String(one.memory.data['IPAddress']);
    expect(await names()).to.include.members([
      `swarm-a-tcp-2377 ${inside}/32`,
      `swarm-a-esp-any ${inside}/32`,
      `swarm-a-b-tcp-2377 ${[`${inside}/32`, `${outside}/32`, '198.51.100.7/32'].sort().join()}`,
    ]);
    const before = (await bench.actions()).length;
    await bench.driver.openPorts?.(members, account, { swarm: 'a', peers: [], rules });
    expect((await bench.actions()).slice(before)).to.deep.equal(['Microsoft.Network/networkSecurityGroups/read']);
    await bench.driver.openPorts?.(members, account, { swarm: 'a', peers: [], rules: [] });
    const left = await names();
    expect(left.some((name) => name.startsWith('swarm-a-b-'))).to.equal(true);
    expect(left.some((name) => /^swarm-a-(tcp|udp|esp)/.test(name))).to.equal(false);
    expect(left.some((name) => name.startsWith('access-tcp-22'))).to.equal(true);
  });

  it('has no public address, a certain private one, or a DNS name', async () => {
    const hidden = await bench.machine('m1', { 'azure-no-public-ip': true, 'azure-private-ip-address': '192.168.7.7' });
    await hidden.create();
    expect((await hidden.look()).addresses).to.deep.equal([{ ip: '192.168.7.7', scope: 'private' }]);
    expect((await cloud.inventory()).some((line) => line.includes('publicIPAddresses'))).to.equal(false);
    const named = await bench.machine('m2', { 'azure-dns': 'web-of-tests' });
    await named.create();
    expect((await named.look()).dockerUrl).to.equal('tcp://web-of-tests.westeurope.cloudapp.azure.com:2376');
  });

  it('makes another store the owner of an imported machine', async () => {
    const machine = await bench.machine('m1');
    await machine.create();
    const mine = await bench.machine('m1');
    mine.memory.data = machine.memory.data;
    await bench.driver.claim?.(mine.memory.data, bench.context(mine));
    const owned = (await cloud.inventory()).filter((line) => line.includes(mine.memory.owner.machine));
    expect(owned.map((line) => line.split(' ')[1])).to.deep.equal(['disks', 'networkInterfaces', 'publicIPAddresses', 'virtualMachines']);
    expect(mine.own['groupId']).to.include(mine.memory.owner.store.slice(0, 8));
  });
});
