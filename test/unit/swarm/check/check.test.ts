import { expect } from 'chai';

import { parseAddresses, parseInfo } from '../../../../src/swarm/check/host-look.js';
import { addressAmong } from '../../../../src/swarm/check/visits.js';
import { remedyFor } from '../../../../src/swarm/check/remedy.js';
import type { HostLook } from '../../../../src/swarm/check/rules/facts.js';

describe('a look at a host for a swarm', () => {
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
    const host = { addresses: ['10.0.0.5', '198.51.100.7'].map((ip) => ({ ip, device: 'eth0', mtu: 1500 })) } as unknown as HostLook;
    const at = (ip: string, scope: 'public' | 'private') => ({ ip, scope });
    expect(addressAmong([at('198.51.100.7', 'public'), at('10.0.0.5', 'private')], host)).to.equal('10.0.0.5');
    expect(addressAmong([at('203.0.113.1', 'public'), at('198.51.100.7', 'public')], host)).to.equal('198.51.100.7');
    expect(addressAmong([at('203.0.113.1', 'public')], host)).to.equal('203.0.113.1');
    expect(addressAmong([at('host.example.com', 'public')], host)).to.equal('10.0.0.5');
    expect(addressAmong([at('host.example.com', 'public')], undefined)).to.equal(undefined);
  });
});

describe('what an engine says of itself', () => {
  it('is read whatever it leaves out', () => {
    expect(parseInfo({})).to.deep.equal({
      version: '',
      id: '',
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
  it("tells what its swarm was made with, with the engine's own defaults", () => {
    const settled = (Cluster: { DataPathPort: number; DefaultAddrPool: string[] | null; SubnetSize: number }) =>
      parseInfo({ Swarm: { ControlAvailable: true, Cluster } }).settled;
    expect(settled({ DataPathPort: 0, DefaultAddrPool: null, SubnetSize: 0 })).to.deep.equal({
      dataPathPort: 4789,
      pools: ['10.0.0.0/8'],
      subnetSize: 24,
    });
    expect(settled({ DataPathPort: 5000, DefaultAddrPool: ['10.9.0.0/16'], SubnetSize: 26 })).to.deep.equal({
      dataPathPort: 5000,
      pools: ['10.9.0.0/16'],
      subnetSize: 26,
    });
  });
});

describe('the command that opens what is blocked', () => {
  const rows = [
    ['firewalld', 'in', 'udp/7946', `tsmachine ssh web 'sudo firewall-cmd --permanent --add-port=7946/udp && sudo firewall-cmd --reload'`],
    ['firewalld', 'in', 'esp', `tsmachine ssh web 'sudo firewall-cmd --permanent --add-protocol=esp && sudo firewall-cmd --reload'`],
    ['ufw', 'in', 'tcp/2377', `tsmachine ssh web 'sudo ufw allow in 2377/tcp'`],
    ['ufw', 'out', 'udp/4789', `tsmachine ssh web 'sudo ufw allow out 4789/udp'`],
    ['iptables', 'in', 'esp', `tsmachine ssh web 'sudo iptables -I INPUT -p esp -j ACCEPT' (and keep the rule over reboots)`],
    [
      'iptables',
      'out',
      'tcp/7946',
      `tsmachine ssh web 'sudo iptables -I OUTPUT -p tcp --dport 7946 -j ACCEPT' (and keep the rule over reboots)`,
    ],
    ['nftables', 'in', 'udp/7946', 'Have nftables let 7946/udp in; its rules: tsmachine ssh web sudo nft list ruleset'],
    ['iptables', 'in', 'reach', 'Have iptables let everything in; its rules: tsmachine ssh web sudo iptables -S'],
  ] as const;
  for (const [firewall, direction, check, command] of rows) {
    it(`of ${firewall}, ${check} ${direction}`, () => {
      expect(remedyFor({ machine: 'web', direction, check }, firewall)).to.equal(command);
    });
  }
  it('is not one of the host where the host blocks nothing', () => {
    expect(remedyFor({ machine: 'web', direction: 'in', check: 'udp/7946' }, 'none')).to.match(
      /^Let 7946\/udp through to web in the firewall or security group/,
    );
  });
});
