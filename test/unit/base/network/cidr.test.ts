import { expect } from 'chai';

import {
  contains,
  firstAddress,
  firstSubnet,
  formatAddress,
  formatNetwork,
  lastAddress,
  maskOf,
  overlap,
  parseAddress,
  parseNetwork,
  prefixOfMask,
  subnets,
  type Network,
} from '../../../../src/base/network/cidr.js';

const network = (text: string): Network => {
  const parsed = parseNetwork(text);
  if (!parsed) throw new Error(`not a network: ${text}`);
  return parsed;
};

describe('IPv4 arithmetic', () => {
  it('reads and writes addresses', () => {
    for (const text of ['0.0.0.0', '10.0.0.1', '192.168.99.1', '255.255.255.255']) {
      expect(formatAddress(parseAddress(text) ?? -1)).to.equal(text);
    }
    expect(parseAddress('10.0.0.1')).to.equal(10 * 2 ** 24 + 1);
    for (const text of ['', '10.0.0', '10.0.0.256', '::1', '1.2.3.4 ']) expect(parseAddress(text)).to.equal(undefined);
  });

  for (const [text, prefix] of [
    ['10.0.0.0/8', 8],
    ['0.0.0.0/0', 0],
    ['255.255.255.255/32', 32],
    ['10.0.0.0/33', undefined],
    ['10.0.0/8', undefined],
    ['10.0.0.0', undefined],
    ['10.0.0.0/', undefined],
    ['fd00::/8', undefined],
    ['10.0.0.256/8', undefined],
    ['10.0.0.0/08', 8],
    ['x10.0.0.0/8', undefined],
  ] as const) {
    it(`network ${text}`, () => {
      expect(parseNetwork(text)?.prefix).to.equal(prefix);
    });
  }

  it('keeps the host bits of a network, and knows where it begins and ends', () => {
    const host = network('192.168.7.77/22');
    expect(formatNetwork(host)).to.equal('192.168.7.77/22');
    expect([firstAddress(host), lastAddress(host)].map(formatAddress)).to.deep.equal(['192.168.4.0', '192.168.7.255']);
  });

  for (const [one, other, expected] of [
    ['10.0.0.0/8', '10.255.0.0/16', true],
    ['10.255.0.0/16', '10.0.0.0/8', true],
    ['10.0.0.0/16', '10.1.0.0/16', false],
    ['192.168.0.0/17', '192.168.128.0/17', false],
    ['10.0.0.0/8', '10.0.0.0/8', true],
    ['10.210.3.255/32', '10.210.3.0/24', true],
    ['10.210.3.7/24', '10.210.3.200/25', true],
  ] as const) {
    it(`${one} and ${other} ${expected ? 'overlap' : 'do not overlap'}`, () => {
      expect(overlap(network(one), network(other))).to.equal(expected);
    });
  }

  it('knows what contains what', () => {
    expect(contains(network('10.0.0.0/8'), network('10.255.255.1/24'))).to.equal(true);
    expect(contains(network('10.255.255.0/24'), network('10.0.0.0/8'))).to.equal(false);
    expect(contains(network('0.0.0.0/0'), network('172.16.0.1/24'))).to.equal(true);
  });

  it('turns masks into prefixes and back', () => {
    for (let prefix = 0; prefix <= 32; prefix += 1) expect(prefixOfMask(maskOf(prefix))).to.equal(prefix);
    expect(maskOf(26)).to.equal('255.255.255.192');
    for (const mask of ['', '255.0.255.0', '255.255.255.1']) expect(prefixOfMask(mask)).to.equal(undefined);
  });

  it('divides a network into subnets', () => {
    expect([...subnets(network('10.0.0.0/22'), 24)].map(formatNetwork)).to.deep.equal([
      '10.0.0.0/24',
      '10.0.1.0/24',
      '10.0.2.0/24',
      '10.0.3.0/24',
    ]);
    expect([...subnets(network('10.0.0.0/24'), 16)]).to.have.length(1);
    expect(firstSubnet(network('10.0.0.0/8'), 24, network('10.0.3.0/26'))).to.equal(3);
    expect(firstSubnet(network('10.1.0.0/16'), 24, network('10.0.0.0/8'))).to.equal(0);
  });
});
