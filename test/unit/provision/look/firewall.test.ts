import { expect } from 'chai';

import { barrierOf } from '../../../../src/provision/look/firewall.js';

const keyed = (key: string, text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => `${key}|${line}`)
    .join('\n');
const nft = (text: string) => keyed('nft', text);
const iptables = (text: string, tool = 'iptables') => keyed(tool, text);

const guarded = (rules: string, policy = 'drop') =>
  nft(`
table inet t {
	set allowed {
		type inet_service
		elements = { 80, 443 }
	}

	chain input {
		type filter hook input priority filter; policy ${policy};
		ct state established,related accept
		iif "lo" accept
		${rules}
	}
}`);

/** The name of what stands in the way of port 2376, and how it is opened. */
const barrier = (rules: string, active?: 'ufw' | 'firewalld', ipv6 = false) => barrierOf(rules, active, 2376, ipv6);

describe('the firewall of a host', () => {
  it('is an nftables chain that drops what it does not accept, named with its table', () => {
    expect(barrier(guarded('tcp dport 22 accept'))).to.deep.equal({
      name: 'nftables (table inet t, chain input)',
      certain: true,
      openCommand: 'sudo nft insert rule inet t input tcp dport 2376 accept',
    });
  });

  for (const [what, rules, policy] of [
    ['rejects the rest', 'tcp dport { 22, 80 } accept\n\t\treject with icmpx admin-prohibited', 'accept'],
    ['accepts one network only', 'ip saddr 10.9.0.0/16 tcp dport 2376 accept', 'drop'],
    ['accepts other ports by a set', 'tcp dport @allowed accept', 'drop'],
    ['accepts a range beside it', 'tcp dport 2377-3000 accept', 'drop'],
    ['accepts other protocols', 'meta l4proto icmp accept\n\t\tudp dport 2376 accept', 'drop'],
    ['drops this very port', 'tcp dport 2376 drop', 'accept'],
    ['decides by the state of a connection', 'ct state vmap { invalid : drop, established : accept, related : accept }', 'drop'],
  ] as const) {
    it(`is a chain that ${what}`, () => {
      expect(barrier(guarded(rules, policy))?.certain).to.equal(true);
    });
  }

  for (const [what, rules, policy] of [
    ['accepts the port', 'tcp dport { 22, 2376 } counter packets 3 bytes 180 accept', 'drop'],
    ['accepts a range around it', 'meta l4proto tcp th dport 2000-3000 accept', 'drop'],
    ['accepts everything but another port', 'tcp dport != 25 accept', 'drop'],
    ['accepts new connections', 'ct state { established, new } accept comment "all drop"', 'drop'],
    ['drops invalid packets only', 'ct state invalid drop', 'accept'],
    ['drops one address only', 'ip saddr 192.0.2.1 drop', 'accept'],
    ['only writes to the log', 'log prefix "drop " level info', 'accept'],
  ] as const) {
    it(`is no chain that ${what}`, () => {
      expect(barrier(guarded(rules, policy))).to.equal(undefined);
    });
  }

  it('is found behind a jump, and only for the family of the address', () => {
    const table = (family: string) =>
      nft(`
table ${family} f {
	chain input {
		type filter hook input priority filter; policy accept;
		jump services
		drop
	}
	chain services {
		tcp dport 22 accept
		return
	}
	chain forward {
		type filter hook forward priority filter; policy drop;
	}
}`);
    expect(barrier(table('ip'))?.name).to.equal('nftables (table ip f, chain input)');
    expect(barrier(table('ip6'))).to.equal(undefined);
    expect(barrier(table('ip6'), undefined, true)?.name).to.contain('table ip6 f');
    const circle = table('ip').replace('nft|\t\treturn', 'nft|\t\tjump services');
    expect(barrier(circle)?.name).to.contain('table ip f');
  });

  it('is firewalld by its own table', () => {
    expect(barrier(guarded('tcp dport 22 accept').replaceAll('inet t', 'inet firewalld'), 'firewalld')).to.deep.equal({
      name: 'firewalld',
      certain: true,
      openCommand: 'sudo firewall-cmd --permanent --add-port=2376/tcp && sudo firewall-cmd --reload',
    });
  });

  const filter = (rules: string, policy = 'DROP') =>
    `-P INPUT ${policy}\n-P FORWARD DROP\n-N extra\n-A INPUT -i lo -j ACCEPT\n-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n${rules}`;

  it('is the INPUT chain of iptables, which is ufw where ufw is active', () => {
    const rules = filter('-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT');
    expect(barrier(iptables(rules))).to.deep.equal({
      name: 'iptables (chain INPUT)',
      certain: true,
      openCommand: 'sudo iptables -I INPUT -p tcp --dport 2376 -j ACCEPT',
    });
    expect(barrier(iptables(rules), 'ufw')).to.deep.equal({ name: 'ufw', certain: true, openCommand: 'sudo ufw allow 2376/tcp' });
    expect(barrier(iptables(rules, 'ip6tables'))).to.equal(undefined);
    expect(barrier(iptables(rules, 'ip6tables'), undefined, true)?.openCommand).to.contain('ip6tables -I');
  });

  for (const [what, rules, policy, blocked] of [
    ['accepts the port', '-A INPUT -p tcp -m multiport --dports 22,2375:2376 -j ACCEPT', 'DROP', false],
    ['accepts it behind a jump', '-A extra -p tcp --dport 2376 -j ACCEPT\n-A INPUT -j extra', 'DROP', false],
    ['rejects the rest', '-A INPUT -p tcp --dport 22 -j ACCEPT\n-A INPUT -j REJECT --reject-with icmp-host-prohibited', 'ACCEPT', true],
    ['rejects everything but another port', '-A INPUT -p tcp ! --dport 22 -j DROP', 'ACCEPT', true],
    ['rejects one address', '-A INPUT -s 192.0.2.1/32 -j DROP', 'ACCEPT', false],
    ['drops other protocols', '-A INPUT -p udp -j DROP\n-A INPUT -j LOG --log-prefix "x"', 'ACCEPT', false],
  ] as const) {
    it(`is ${blocked ? 'an' : 'no'} INPUT chain that ${what}`, () => {
      expect(barrier(iptables(filter(rules, policy)))?.certain).to.equal(blocked ? true : undefined);
    });
  }

  it('is only said to be active where no rule is seen to drop', () => {
    expect(barrier('', 'ufw')).to.deep.equal({ name: 'ufw', certain: false, openCommand: 'sudo ufw allow 2376/tcp' });
    expect(barrier('')).to.equal(undefined);
  });
});
