import { expect } from 'chai';

import type { OpenPortsRequest } from '../../../src/driver/contract.js';
import { plain } from '../../../src/base/text.js';
import { failureOf, hintOf } from '../../helpers/failure.js';
import { firstProject, gceStandIn, type GceStandIn } from '../../stand-ins/gce/index.js';
import { Bench, type Made } from './bench.js';
import { forgetSecrets } from './driver-world.js';

const rules = [{ protocol: 'tcp', port: 2377 }, { protocol: 'udp', port: 4789 }, { protocol: 'esp' }] as const;

describe('google: networks', () => {
  let cloud: GceStandIn;
  let bench: Bench;

  before(async function () {
    cloud = await gceStandIn(this);
  });
  after(forgetSecrets);
  beforeEach(async () => {
    const host = {
      id: 'host-project',
      networks: [{ name: 'shared', mode: 'custom', subnetworks: [{ name: 'sub', region: 'us-central1' }] }],
    } as const;
    const both = { name: 'both', region: 'us-central1', range: '10.9.0.0/20', stack: 'IPV4_IPV6', ipv6: 'EXTERNAL' } as const;
    const mine = {
      name: 'mine',
      mode: 'custom',
      subnetworks: [both, { name: 'four', region: 'us-central1', range: '10.8.0.0/20' }],
    } as const;
    await cloud.reset({
      projects: [{ id: firstProject, networks: [{ name: 'default', mode: 'auto' }, mine], host: 'host-project' }, host],
    });
    bench = await Bench.open(cloud);
  });
  afterEach(async () => {
    expect(await cloud.violations()).to.deep.equal([]);
    await bench.close();
  });

  /** What each rule lets in: by the end of its name. */
  async function firewalls(project = firstProject): Promise<Readonly<Record<string, string>>> {
    const lines = (await cloud.inventory()).filter((line) => line.startsWith(`${project} global firewall `));
    return Object.fromEntries(
      lines.map((line) => {
        const [, name = '', json = ''] = /firewall (\S+) (.*)$/.exec(line) ?? [];
        const {
          allowed,
          sourceRanges = [],
          sourceTags = [],
        } = JSON.parse(json) as {
          allowed: { IPProtocol: string; ports?: string[] }[];
          sourceRanges?: string[];
          sourceTags?: string[];
        };
        const ports = allowed.map(({ IPProtocol: protocol, ports: some = [] }) => [protocol, ...[...some].sort()].join(' '));
        return [name.replace(/^tsmachine-.*-/, ''), [...ports.sort(), 'from', ...[...sourceRanges].sort(), ...sourceTags].join(' ')];
      }),
    );
  }

  const owner = (machine: string) => ({ store: 'one', machine });
  const account = () => ({ ...bench.account(), storeId: () => Promise.resolve('one') });
  const open = (members: readonly Made[], request: OpenPortsRequest) =>
    bench.driver.openPorts?.(new Map(members.map((machine) => [machine.name, machine.memory.data])), account(), request);

  it('the rules of a store let in what each of its machines needs, in either family, and nothing twice', async () => {
    const m1 = await bench.machine('m1', { 'google-open-port': ['80', '53/udp'] }, owner('m1'));
    const m2 = await bench.machine(
      'm2',
      { 'google-allowed-cidr': ['198.51.100.0/24', '2001:db8::/32'], 'google-open-port': ['443'] },
      owner('m2'),
    );
    for (const machine of [m1, m2]) await machine.create();
    expect(await firewalls()).to.deep.equal({
      a4: 'tcp 22 2376 from 192.0.2.0/24 198.51.100.0/24',
      a6: 'tcp 22 2376 from 2001:db8::/32',
      o4: 'tcp 443 80 udp 53 from 0.0.0.0/0',
    });
    const writes = (await cloud.calls()).filter(({ action }) => /^firewalls\.(insert|patch)$/.test(action)).length;
    await m2.create();
    expect((await cloud.calls()).filter(({ action }) => /^firewalls\.(insert|patch)$/.test(action))).to.have.length(writes);
  });

  it('a rule that was deleted by hand is made again by the next machine', async () => {
    const m1 = await bench.machine('m1', {}, owner('m1'));
    await m1.create();
    const [name = ''] = (await cloud.inventory()).flatMap((line) => /firewall (\S+) /.exec(line)?.[1] ?? []);
    await cloud.deleteByHand(`firewalls/${name}`);
    await (await bench.machine('m2', {}, owner('m2'))).create();
    expect(Object.keys(await firewalls())).to.deep.equal(['a4']);
  });

  it('no rule is made where that is said', async () => {
    const machine = await bench.machine('m1', { 'google-firewall-readonly': true });
    await machine.create();
    expect(await firewalls()).to.deep.equal({});
    expect(bench.said.join('\n')).to.include('the ports 22 and 2376 must be open to m1');
    const access = await bench.driver.access?.(machine.memory.data, {
      ...bench.context(machine),
      fetchText: () => Promise.resolve('203.0.113.5'),
    });
    expect(plain(access?.fixed ?? '')).to.include('--google-firewall-readonly');
  });

  it('rules are made in the host project of a shared network, and go with the last machine', async () => {
    const flags = { 'google-subnetwork': 'projects/host-project/regions/us-central1/subnetworks/sub' };
    const machine = await bench.machine('m1', flags, owner('m1'));
    await machine.precheck();
    await machine.create();
    expect(await firewalls('host-project')).to.deep.equal({ a4: 'tcp 22 2376 from 192.0.2.0/24' });
    expect(bench.driver.place?.(machine.memory.data)).to.equal('projects/host-project/global/networks/shared');
    expect(await machine.remove()).to.deep.equal([]);
    expect(await cloud.inventory()).to.deep.equal([]);
  });

  it('access is read from the rules; allow adds what is missing, and says it', async () => {
    const machine = await bench.machine('m1', {}, owner('m1'));
    await machine.create();
    const ctx = { ...bench.context(machine), fetchText: () => Promise.resolve('203.0.113.5\n') };
    expect(await bench.driver.access?.(machine.memory.data, ctx)).to.deep.equal({ allowed: ['192.0.2.0/24'], here: '203.0.113.5' });
    expect(await bench.driver.allow?.(machine.memory.data, ctx, [])).to.deep.equal(['203.0.113.5/32']);
    expect(await bench.driver.allow?.(machine.memory.data, ctx, ['192.0.2.7', '2001:db8::1'])).to.deep.equal(['2001:db8::1/128']);
    expect(await firewalls()).to.deep.equal({ a4: 'tcp 22 2376 from 192.0.2.0/24 203.0.113.5/32', a6: 'tcp 22 2376 from 2001:db8::1/128' });
  });

  describe('the ports of a swarm', () => {
    it('are open to the machines of the store by their tag, once, until the set is empty', async () => {
      const members = [await bench.machine('m1', {}, owner('m1')), await bench.machine('m2', {}, owner('m2'))];
      for (const machine of members) await machine.create();
      for (let times = 0; times < 2; times += 1) await open(members, { swarm: 's', peers: [], rules });
      const { a4: _, ...opened } = await firewalls();
      expect(Object.values(opened)).to.deep.equal(['esp tcp 2377 udp 4789 from tsmachine-one']);
      expect(await bench.count('firewalls.insert')).to.equal(2);
      await open(members, { swarm: 's', peers: [], rules: [] });
      expect(Object.keys(await firewalls())).to.deep.equal(['a4']);
    });

    it('are open to members elsewhere by their addresses, and to those no longer when they have left', async () => {
      const machine = await bench.machine('m1', {}, owner('m1'));
      await machine.create();
      await open([machine], { swarm: 's', peers: ['203.0.113.9', '2001:db8::9'], rules });
      const ip = String(machine.memory.data['IPAddress']);
      const sources = async () => Object.values(await firewalls()).map((line) => line.replace(/^.* from /, ''));
      expect(await sources()).to.have.members([
        '192.0.2.0/24',
        'tsmachine-one',
        [`${ip}/32`, '203.0.113.9/32'].sort().join(' '),
        '2001:db8::9/128',
      ]);
      await open([machine], { swarm: 's', peers: [], rules });
      expect(await sources()).to.have.members(['192.0.2.0/24', 'tsmachine-one']);
    });

    it('of two networks are open to each other by addresses; of two swarms each has rules of its own', async () => {
      const m1 = await bench.machine('m1', {}, owner('m1'));
      const m2 = await bench.machine('m2', { 'google-network': 'mine', 'google-subnetwork': 'four' }, owner('m2'));
      for (const machine of [m1, m2]) await machine.create();
      await open([m1, m2], { swarm: 's', peers: [], rules });
      await open([m1], { swarm: 'other', peers: [], rules });
      expect((await cloud.inventory()).filter((line) => line.includes('firewall'))).to.have.length(2 + 4 + 1);
      await open([m1, m2], { swarm: 's', peers: [], rules: [] });
      expect((await cloud.inventory()).filter((line) => line.includes('firewall'))).to.have.length(2 + 1);
    });
  });

  describe('addresses', () => {
    it('of ours is reserved once, also when the answer was lost, stays over stop and start, and goes', async () => {
      await cloud.fault({ kind: 'lost', action: 'addresses.insert' });
      const machine = await bench.machine('m1', { 'google-address': 'new', 'google-network-tier': 'standard' });
      await machine.create();
      const ip = machine.memory.data['IPAddress'];
      await machine.stop();
      await machine.start();
      expect(machine.memory.data['IPAddress']).to.equal(ip);
      expect(await machine.remove()).to.deep.equal([]);
      expect(await cloud.inventory()).to.deep.equal([]);
    });

    it("of the user's is never given back, and is refused where something else has it", async () => {
      const theirs = await bench.machine('m1', { 'google-address': 'new' });
      await theirs.create();
      const refused = await failureOf((await bench.machine('m2', { 'google-address': 'm1-ip' })).precheck());
      expect(refused.message).to.match(/^--google-address m1-ip \([\d.]+\) is in use by m1$/);
      await cloud.deleteByHand('instances/m1');
      const machine = await bench.machine('m2', { 'google-address': 'm1-ip' });
      await machine.create();
      expect(machine.memory.data['IPAddress']).to.equal(theirs.memory.data['IPAddress']);
      expect(await machine.remove()).to.deep.equal([]);
      expect((await cloud.inventory()).some((line) => line.includes('address m1-ip'))).to.equal(true);
    });

    it('a machine without an external one is reached by its internal one, from its network', async () => {
      const machine = await bench.machine('m1', { 'google-use-internal-ip-only': true, 'google-allowed-cidr': [] });
      await machine.create();
      expect((await machine.look()).addresses.map(({ scope }) => scope)).to.deep.equal(['private']);
      expect(await firewalls()).to.deep.equal({ a4: 'tcp 22 2376 from 10.128.0.0/9' });
    });

    it('of both families, where the subnetwork has them', async () => {
      const flags = { 'google-ipv6': true, 'google-network': 'mine', 'google-open-port': ['80'] };
      const machine = await bench.machine('m1', { ...flags, 'google-subnetwork': 'both' });
      await machine.create();
      expect((await machine.look()).addresses.filter(({ ip }) => ip.includes(':'))).to.have.length(1);
      expect(await firewalls()).to.include({ o6: 'tcp 80 from ::/0' });
      const refused = await failureOf((await bench.machine('m2', { ...flags, 'google-subnetwork': 'four' })).precheck());
      expect(refused.message).to.equal('--google-subnetwork four has no IPv6 addresses (--google-ipv6)');
    });
  });

  it("rancher-machine's rules and tags are made by their names", async () => {
    const flags = {
      'google-internal-firewall-rule-prefix': 'pool',
      'google-external-firewall-rule-prefix': 'pool',
      'google-open-port': ['443'],
    };
    const machine = await bench.machine('m1', flags, owner('m1'));
    await machine.create();
    const [{ tags } = { tags: [] }] = await cloud.instances();
    expect(tags).to.include.members(['pool-internal-rancher-nodes', 'pool-external-rancher-nodes']);
    expect(await firewalls()).to.include({ 'pool-external-rancher-nodes': 'tcp 443 from 0.0.0.0/0' });
    expect(await machine.remove()).to.deep.equal([]);
    expect(await cloud.inventory()).to.deep.equal([]);
  });

  it('OS Login of the project is off for the machine', async () => {
    await cloud.reset({ projects: [{ id: firstProject, metadata: { 'enable-oslogin': 'TRUE' } }] });
    await (await bench.machine('m1')).create();
    expect((await cloud.instances())[0]?.metadata).to.include({ 'enable-oslogin': 'FALSE' });
  });

  it('claim takes labels and tag, and rules of the new store', async () => {
    const machine = await bench.machine('m1', {}, { store: 'old', machine: 'old' });
    await machine.create();
    const ours = await bench.machine('m1', {}, { store: 'new', machine: 'new' });
    ours.memory.data = machine.memory.data;
    await cloud.fault({ kind: 'error', action: 'instances.setLabels', status: 412, reason: 'conditionNotMet' });
    await bench.driver.claim?.(ours.memory.data, bench.context(ours));
    const [{ labels, tags } = { labels: {}, tags: [] }] = await cloud.instances();
    expect(labels).to.include({ 'tsmachine-store': 'new', 'tsmachine-machine': 'new' });
    expect(tags).to.deep.equal(['tsmachine-new']);
    expect(await ours.remove()).to.deep.equal([]);
    expect(await cloud.instances()).to.deep.equal([]);
  });

  it('custom networks need a subnetwork, and hint at those they have', async () => {
    const refused = await failureOf((await bench.machine('m1', { 'google-network': 'mine' })).precheck());
    expect(refused.message).to.include('--google-network mine has subnetworks of its own (custom mode)');
    expect(hintOf(refused)).to.include('both, four in us-central1');
  });
});
