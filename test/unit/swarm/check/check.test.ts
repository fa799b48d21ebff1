import { expect } from 'chai';

import { plain } from '../../../../src/base/text.js';
import { parseAddresses, parseInfo } from '../../../../src/swarm/check/inspect.js';
import { addressAmong } from '../../../../src/swarm/check/machines.js';
import { remedyFor } from '../../../../src/swarm/check/remedy.js';
import type { InspectedHost } from '../../../../src/swarm/check/rules/facts.js';

describe('swarm check: the inspection of a host', () => {
  it("finds its addresses with the MTU of their devices, none of the engine's", () => {
    const addresses = [
      '2: eth0    inet 192.0.2.7/24 brd 192.0.2.255 scope global eth0\\       valid_lft forever preferred_lft forever',
      '2: eth0    inet6 2001:db8::7/64 scope global \\       valid_lft forever preferred_lft forever',
      '3: docker0    inet 172.17.0.1/16 brd 172.17.255.255 scope global docker0\\       valid_lft forever preferred_lft forever',
      '5: wg0    inet 10.9.0.1/24 scope global wg0\\       valid_lft forever preferred_lft forever',
    ];
    const links = [
      '1: lo: <LOOPBACK,UP> mtu 65536 qdisc noqueue',
      '2: eth0@if12: <BROADCAST,UP> mtu 1500 qdisc noqueue',
      '5: wg0: <POINTOPOINT,UP> mtu 1420 qdisc noqueue',
    ];
    expect(parseAddresses(addresses, links)).to.deep.equal([
      { ip: '192.0.2.7', device: 'eth0', mtu: 1500 },
      { ip: '2001:db8::7', device: 'eth0', mtu: 1500 },
      { ip: '10.9.0.1', device: 'wg0', mtu: 1420 },
    ]);
  });

  it("chooses an address of the host's own, a private one first", () => {
    const host = { addresses: ['10.0.0.5', '198.51.100.7'].map((ip) => ({ ip, device: 'eth0', mtu: 1500 })) } as unknown as InspectedHost;
    const at = (ip: string, scope: 'public' | 'private') => ({ ip, scope });
    expect(addressAmong([at('198.51.100.7', 'public'), at('10.0.0.5', 'private')], host)).to.equal('10.0.0.5');
    expect(addressAmong([at('203.0.113.1', 'public'), at('198.51.100.7', 'public')], host)).to.equal('198.51.100.7');
    expect(addressAmong([at('203.0.113.1', 'public')], host)).to.equal('203.0.113.1');
    expect(addressAmong([at('host.example.com', 'public')], host)).to.equal('10.0.0.5');
    expect(addressAmong([at('host.example.com', 'public')], undefined)).to.equal(undefined);
  });
});

describe('swarm check: what an engine reports about itself', () => {
  it('is read even if the engine leaves most of it out', () => {
    expect(parseInfo({})).to.deep.equal({
      version: '',
      id: '',
      storage: '/var/lib/docker',
      liveRestore: false,
      firewallBackend: '',
      swarm: 'inactive',
      manager: false,
    });
    expect(parseInfo({ Swarm: { LocalNodeState: 'active', ControlAvailable: false, Cluster: null } })).to.include({
      swarm: 'active',
      manager: false,
    });
  });
  it("says what its swarm was created with, with the engine's own defaults", () => {
    const swarmSettings = (Cluster: { DataPathPort: number; DefaultAddrPool: string[] | null; SubnetSize: number }) =>
      parseInfo({ Swarm: { ControlAvailable: true, Cluster } }).swarmSettings;
    expect(swarmSettings({ DataPathPort: 0, DefaultAddrPool: null, SubnetSize: 0 })).to.deep.equal({
      dataPathPort: 4789,
      pools: ['10.0.0.0/8'],
      subnetSize: 24,
    });
    expect(swarmSettings({ DataPathPort: 5000, DefaultAddrPool: ['10.9.0.0/16'], SubnetSize: 26 })).to.deep.equal({
      dataPathPort: 5000,
      pools: ['10.9.0.0/16'],
      subnetSize: 26,
    });
  });
});

describe('swarm check: the command that opens what is blocked', () => {
  const rows = [
    ['firewalld', 'in', 'udp/7946', `tsmachine ssh web 'sudo firewall-cmd --permanent --add-port=7946/udp && sudo firewall-cmd --reload'`],
    ['firewalld', 'in', 'esp', `tsmachine ssh web 'sudo firewall-cmd --permanent --add-protocol=esp && sudo firewall-cmd --reload'`],
    ['ufw', 'in', 'tcp/2377', `tsmachine ssh web 'sudo ufw allow in 2377/tcp'`],
    ['ufw', 'out', 'udp/4789', `tsmachine ssh web 'sudo ufw allow out 4789/udp'`],
    ['iptables', 'in', 'esp', `tsmachine ssh web 'sudo iptables -I INPUT -p esp -j ACCEPT' (and make the rule permanent)`],
    [
      'iptables',
      'out',
      'tcp/7946',
      `tsmachine ssh web 'sudo iptables -I OUTPUT -p tcp --dport 7946 -j ACCEPT' (and make the rule permanent)`,
    ],
    ['nftables', 'in', 'udp/7946', 'Allow 7946/udp into web in nftables. To list its rules: tsmachine ssh web sudo nft list ruleset'],
    ['iptables', 'in', 'reach', 'Allow everything into web in iptables. To list its rules: tsmachine ssh web sudo iptables -S'],
  ] as const;
  for (const [firewall, direction, check, command] of rows) {
    it(`of ${firewall}, ${check} ${direction}`, () => {
      expect(plain(remedyFor({ machine: 'web', direction, check }, firewall))).to.equal(command);
    });
  }
  it('is not a command on the host when the host blocks nothing', () => {
    expect(remedyFor({ machine: 'web', direction: 'in', check: 'udp/7946' }, 'none')).to.match(
      /^Allow 7946\/udp to web in the firewall or security group/,
    );
  });
});
