import { expect } from 'chai';

import { plain } from '../../../../../src/base/text.js';
import { evaluateMembers, settingsInForce } from '../../../../../src/swarm/check/rules/evaluate.js';
import type { CheckedMember } from '../../../../../src/swarm/check/rules/facts.js';
import { parseRoutes } from '../../../../../src/swarm/check/rules/routes.js';
import { defaultSettings, validateSettings } from '../../../../../src/swarm/check/rules/settings.js';
import { failureOf } from '../../../../helpers/failure.js';
import { member } from './member.js';

const evaluate = (members: CheckedMember[], settings = defaultSettings) => evaluateMembers(members, settings);
const summary = (members: CheckedMember[], settings = defaultSettings) =>
  evaluate(members, settings).map(({ level, check, machine = '-' }) => `${level} ${check} ${machine}`);
const route = (line: string) => ({ host: { routes: parseRoutes([line]) } });

describe('swarm check: findings without a packet', () => {
  it('are none for machines without a problem', () => {
    expect(summary([member('a'), member('b'), member('c')])).to.deep.equal([]);
  });

  it('are none for machines that could not be inspected: that is a finding of the inspection', () => {
    expect(
      summary([
        { name: 'a', manager: true },
        { name: 'b', manager: true },
      ]),
    ).to.deep.equal([]);
  });

  it('name a setting that no engine in a swarm may have', () => {
    expect(summary([member('a', { engine: { liveRestore: true } })])).to.deep.equal(['fault live-restore a']);
    expect(summary([member('a', { engine: { firewallBackend: 'nftables' } })])).to.deep.equal(['fault firewall-backend a']);
    expect(summary([member('a', { engine: { firewallBackend: 'iptables+firewalld' } })])).to.deep.equal([]);
  });

  it('do not name nftables when the engine supports swarms with it', () => {
    expect(summary([member('a', { engine: { firewallBackend: 'nftables' }, host: { swarmNftables: true } })])).to.deep.equal([]);
    expect(summary([member('a', { engine: { firewallBackend: 'nftables', swarm: 'active' } })])).to.deep.equal([]);
  });

  it('name a clock that is off, as a warning or as a fault', () => {
    expect(summary([member('a', { host: { skew: -5 } })])).to.deep.equal([]);
    const [warning] = evaluate([member('a', { host: { skew: -9 } })]);
    expect(warning).to.include({ level: 'warning', check: 'clock', message: "The clock of the host is 9 s behind this computer's" });
    expect(summary([member('a', { host: { skew: 61 } })])).to.deep.equal(['fault clock a']);
  });

  it('name what must be unique and is not, once for all machines that share it', () => {
    const copy = { host: { machineId: 'x', hostname: 'vm' }, engine: { id: 'y', storage: '/srv/docker' } };
    const found = evaluate([member('a', copy), member('b', copy), member('c')]);
    expect(found.map(({ level, check }) => `${level} ${check}`)).to.deep.equal([
      'fault machine-id',
      'fault engine-id',
      'warning host-name',
    ]);
    expect(found[0]?.message).to.match(/^a and b have the same machine id x:/);
    expect(plain(found[0]?.fix ?? '')).to.contain("tsmachine ssh b 'sudo rm -f /etc/machine-id");
    expect(plain(found[1]?.fix ?? '')).to.contain("tsmachine ssh b 'sudo rm -f /srv/docker/engine-id /etc/docker/key.json");
  });

  it('name a swarm that can give its networks no addresses', () => {
    const settings = { dataPathPort: 4789, pools: ['10.30.0.0/16'], subnetSize: 0 };
    const [wrong] = evaluate([member('a', { engine: { swarm: 'active', manager: true, swarmSettings: settings, bareNetworks: ['ov'] } })]);
    expect(wrong).to.include({ level: 'fault', check: 'address-pool' });
    expect(wrong?.message).to.match(/^The address pool 10\.30\.0\.0\/16 of the swarm is cut into networks of \/0/);
    const full = { swarm: 'active', manager: true, swarmSettings: { ...settings, subnetSize: 24 }, bareNetworks: ['ingress', 'ov'] };
    expect(evaluate([member('a', { engine: full })])[0]).to.include({
      level: 'fault',
      check: 'networks',
      message: 'The swarm has given no addresses to ingress and ov: their services cannot start',
    });
  });

  it('do not compare missing machine ids', () => {
    expect(summary([member('a', { host: { machineId: '' } }), member('b', { host: { machineId: '' } })])).to.deep.equal([]);
  });

  it('name different versions, and say more when major versions differ', () => {
    const [minor] = evaluate([member('a', { engine: { version: '28.5.2' } }), member('b', { engine: { version: '28.10.0' } })]);
    expect(minor).to.include({
      level: 'warning',
      check: 'engine-version',
      message: 'The engines have different versions: 28.5.2 (a), 28.10.0 (b)',
    });
    expect(plain(minor?.fix ?? '')).to.equal('tsmachine upgrade --engine-version 28.10.0 a');
    const versions = ['20.10.24+dfsg1', '26.1.5+dfsg1', '28.5.2'].map((version, i) => member(`m${i}`, { engine: { version } }));
    const [major, ...more] = evaluate(versions);
    expect(more).to.deep.equal([]);
    expect(major?.message).to.match(
      /^The engines have different major versions: 20\.10\.24 \(m0\), 26\.1\.5 \(m1\), 28\.5\.2 \(m2\)\. Managers/,
    );
    expect(summary([member('a', { engine: { version: '26.1.5' } }), member('b', { engine: { version: '26.1.5+dfsg1' } })])).to.deep.equal(
      [],
    );
  });

  it('name what a kernel is known to lack', () => {
    const lacking = { host: { modules: { vxlan: 'no', ipVs: 'no' } } } as const;
    expect(summary([member('a', lacking), member('b')])).to.deep.equal(['fault kernel-vxlan a', 'warning kernel-ip-vs a']);
    expect(summary([member('a', lacking), member('b', lacking)])).to.deep.equal(['fault kernel-vxlan -', 'warning kernel-ip-vs -']);
    expect(summary([member('a', { host: { modules: { vxlan: 'unknown', ipVs: 'unknown' } } })])).to.deep.equal([]);
  });

  it('name the address of a manager that its host does not have', () => {
    const nat = { address: '203.0.113.9', host: { addresses: [{ ip: '10.0.0.5', device: 'eth0', mtu: 1500 }] } };
    const [found] = evaluate([member('a', nat)]);
    expect(found).to.include({ level: 'warning', check: 'address' });
    expect(found?.fix).to.contain('--advertise-addr 10.0.0.5');
    expect(summary([member('a', { ...nat, manager: false })])).to.deep.equal([]);
  });
});

describe('address pools and the routes of the hosts', () => {
  it('do not collide with default routes, other networks, or routes far along a large pool', () => {
    const lines = [
      'default via 10.0.0.1 dev eth0',
      '192.168.7.0/24 dev eth0 proto kernel',
      '10.210.0.0/24 dev eth0',
      'broadcast 10.0.0.255 dev eth0',
    ];
    expect(parseRoutes(lines)).to.have.length(2);
    for (const line of lines) expect(summary([member('a', route(line))]), line).to.deep.equal([]);
  });

  it('are a fault when the first networks would overlap, a warning further on', () => {
    const [ingress] = evaluate([member('a', route('10.0.0.0/24 dev br-1 proto kernel scope link src 10.0.0.1'))]);
    expect(ingress).to.include({
      level: 'fault',
      check: 'address-pool',
      message: 'The pool 10.0.0.0/8 overlaps the route of a to 10.0.0.0/24 (br-1): the ingress network would use the same addresses',
      fix: 'Create the swarm with another pool: --default-addr-pool 10.20.0.0/16 (it cannot be changed later)',
    });
    expect(evaluate([member('a', route('10.0.3.16/28 dev eth0'))])[0]?.message).to.match(/network 4 of the swarm/);
    expect(summary([member('a', route('10.5.0.0/16 via 10.5.0.1 dev eth0'))])).to.deep.equal(['warning address-pool a']);
    expect(summary([member('a', route('10.0.0.0/8 dev tun0'))])).to.deep.equal(['fault address-pool a']);
  });

  it('are one finding for all hosts that have the route', () => {
    const [found, ...more] = evaluate(['a', 'b'].map((name) => member(name, route('10.0.0.0/24 dev eth0'))));
    expect(more).to.deep.equal([]);
    expect(found).not.to.have.property('machine');
    expect(found?.message).to.contain('the route of a and b to 10.0.0.0/24 (eth0)');
  });

  it('are replaced by a pool that is free on all hosts', () => {
    const members = [member('a', route('10.0.0.0/8 dev tun0')), member('b', route('172.28.0.0/16 dev eth0'))];
    expect(evaluate(members)[0]?.fix).to.contain('--default-addr-pool 192.168.0.0/16');
  });

  it('are those of the existing swarm, whatever is asked for', () => {
    const swarmSettings = { dataPathPort: 5000, pools: ['10.30.0.0/16'], subnetSize: 25 };
    const members = [member('a', { engine: { swarmSettings } }), member('b', route('10.30.0.0/24 dev eth0'))];
    expect(settingsInForce(members, defaultSettings)).to.deep.equal({ ...defaultSettings, ...swarmSettings });
    const [found] = evaluate(members);
    expect(found?.message).to.match(/^The pool 10\.30\.0\.0\/16/);
    expect(found?.fix).to.match(/docker network create -d overlay --subnet 10\.20\.0\.0\/24 NAME$/);
  });
});

describe('settings of a check', () => {
  for (const [name, settings] of Object.entries({
    'a port below 1024': { dataPathPort: 80 },
    'a port above 49151': { dataPathPort: 50_000 },
    'a pool without a mask': { pools: ['10.0.0.0'] },
    'a pool that is none': { pools: ['10.0.0.256/8'] },
    'a pool smaller than its networks': { pools: ['10.0.0.0/28'] },
    'a network too small': { subnetSize: 30 },
    'an MTU too small': { mtu: 100 },
  })) {
    it(`refuse ${name}`, async () => {
      expect(
        await failureOf(() => {
          validateSettings({ ...defaultSettings, ...settings });
        }),
      ).to.include({ code: 'FLAG_INVALID' });
    });
  }
});
