import { expect } from 'chai';

import { accessRules, openRules, reaching, replaced, withRules } from '../../../../../drivers/azure/network/rules.js';

describe('azure: rules of a security group', () => {
  const here = accessRules([22, 2376], ['203.0.113.9/32', '2001:db8::/64']);

  it('let one family in by each, with priorities of their own', () => {
    const rules = withRules([], [...here, ...openRules(['80', '53/udp', '9/*'])]) ?? [];
    expect(rules.map(({ name, priority, protocol }) => `${name ?? ''} ${priority ?? ''} ${protocol ?? ''}`)).to.deep.equal([
      'access-tcp-22 100 Tcp',
      'access-tcp-22-v6 101 Tcp',
      'access-tcp-2376 102 Tcp',
      'access-tcp-2376-v6 103 Tcp',
      'open-tcp-80 1000 Tcp',
      'open-udp-53 1001 Udp',
      'open-any-9 1002 *',
    ]);
  });

  it('are only written when something is missing, and keep what others let in', () => {
    const rules = withRules([], here) ?? [];
    expect(withRules(rules, here)).to.equal(undefined);
    const more = withRules(rules, accessRules([22], ['198.51.100.0/24'])) ?? [];
    const ssh = more.find(({ name }) => name === 'access-tcp-22');
    expect(ssh?.sourceAddressPrefixes).to.deep.equal(['203.0.113.9/32', '198.51.100.0/24']);
    expect(ssh?.priority).to.equal(100);
    expect(more).to.have.length(rules.length);
  });

  it('that are marked go when they are not wanted any more, and no others', () => {
    const marked = { name: 'swarm-a-tcp-2377', protocol: 'Tcp', port: '2377', sources: ['10.0.0.1/32'], description: '' } as const;
    const rules = replaced(withRules([], here) ?? [], [marked], () => false) ?? [];
    const isMarked = ({ name = '' }) => name.startsWith('swarm-a-');
    expect(replaced(rules, [marked], isMarked)).to.equal(undefined);
    expect(replaced(rules, [], isMarked)?.map(({ name }) => name)).to.deep.equal(here.map(({ name }) => name));
  });

  it('fail when there is no room', () => {
    const full = Array.from({ length: 4000 }, (_, i) => ({ name: `r${i}`, priority: 100 + i, direction: 'Inbound' as const }));
    expect(() => withRules(full, here)).to.throw(RangeError);
  });

  it('tell who reaches a port, as far as nothing denies it', () => {
    const allow = { direction: 'Inbound', access: 'Allow', protocol: 'Tcp', destinationPortRange: '20-30' } as const;
    expect(reaching(22, [{ ...allow, priority: 200, sourceAddressPrefix: '*' }])).to.deep.equal(['0.0.0.0/0', '::/0']);
    expect(reaching(22, [{ ...allow, priority: 200, sourceAddressPrefixes: ['10.0.0.0/8', 'VirtualNetwork'] }])).to.deep.equal([
      '10.0.0.0/8',
    ]);
    const deny = { ...allow, access: 'Deny', priority: 100, sourceAddressPrefix: '*' } as const;
    expect(reaching(22, [{ ...allow, priority: 200, sourceAddressPrefix: '*' }, deny])).to.deep.equal([]);
    expect(reaching(2376, [{ ...allow, priority: 200, sourceAddressPrefix: '*' }])).to.deep.equal([]);
  });
});
