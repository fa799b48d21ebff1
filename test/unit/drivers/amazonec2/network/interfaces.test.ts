import { expect } from 'chai';

import { readConfig } from '../../../../../drivers/amazonec2/config.js';
import { addressesOf, interfacesOf } from '../../../../../drivers/amazonec2/network/interfaces.js';

const placing = { subnetId: 'subnet-1', groups: ['sg-1'] };
const first = { DeviceIndex: 0, SubnetId: 'subnet-1', Groups: ['sg-1'], DeleteOnTermination: true };

describe('amazonec2: the interfaces of an instance', () => {
  const cases: readonly (readonly [string, Record<string, unknown>, readonly object[]])[] = [
    ['is one with a public address', {}, [{ ...first, AssociatePublicIpAddress: true }]],
    ['has none where only private ones are wanted', { PrivateIPOnly: true }, [{ ...first, AssociatePublicIpAddress: false }]],
    ['waits for its Elastic IP', { Own: { elasticIp: 'new' } }, [{ ...first, AssociatePublicIpAddress: false }]],
    [
      'has IPv6 beside IPv4',
      { Ipv6AddressCount: 2, EnablePrimaryIpv6: true },
      [{ ...first, Ipv6AddressCount: 2, PrimaryIpv6: true, AssociatePublicIpAddress: true }],
    ],
    [
      'has no public IPv4 address where it is reached by IPv6 alone',
      { Ipv6AddressCount: 1, Ipv6AddressOnly: true },
      [{ ...first, Ipv6AddressCount: 1, AssociatePublicIpAddress: false }],
    ],
    [
      'are several, of which EC2 lets none have a public address of its own',
      { PrivateIPOnly: true, Own: { extraSubnetIds: ['subnet-2'] } },
      [first, { ...first, DeviceIndex: 1, SubnetId: 'subnet-2' }],
    ],
  ];
  for (const [what, data, expected] of cases) {
    it(what, () => {
      expect(interfacesOf(readConfig(data), placing)).to.deep.equal(expected);
    });
  }

  const instance = {
    PublicIpAddress: '198.18.0.5',
    PrivateIpAddress: '10.0.0.5',
    NetworkInterfaces: [
      { Attachment: { DeviceIndex: 1 }, PrivateIpAddress: '10.0.1.5' },
      {
        Attachment: { DeviceIndex: 0 },
        PrivateIpAddress: '10.0.0.5',
        Association: { PublicIp: '198.18.0.5' },
        Ipv6Addresses: [{ Ipv6Address: '2001:db8::1' }, { Ipv6Address: '2001:db8::2', IsPrimaryIpv6: true }],
      },
    ],
  };
  const order = (data: Record<string, unknown>) => addressesOf(instance, readConfig(data)).map(({ ip }) => ip);

  it('have their addresses told once each, the wanted kind first', () => {
    const [v4, v6, inside] = [['198.18.0.5'], ['2001:db8::2', '2001:db8::1'], ['10.0.0.5', '10.0.1.5']];
    expect(order({})).to.deep.equal([...v4, ...v6, ...inside]);
    expect(order({ UsePrivateIP: true })).to.deep.equal([...inside, ...v4, ...v6]);
    expect(order({ Ipv6AddressOnly: true })).to.deep.equal([...v6, ...v4, ...inside]);
    expect(addressesOf({}, readConfig({}))).to.deep.equal([]);
  });
});
