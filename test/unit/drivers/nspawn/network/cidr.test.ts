import { expect } from 'chai';

import { formatNetwork, type Network } from '../../../../../src/base/network/cidr.js';
import { gatewayOf, machineAddresses, parseCidr } from '../../../../../drivers/nspawn/network/cidr.js';

const cidr = (text: string): Network => {
  const parsed = parseCidr(text);
  if (!parsed) throw new Error(`not a range: ${text}`);
  return parsed;
};

describe('nspawn address ranges', () => {
  it('clears the host part, and takes a bare address as one', () => {
    expect(formatNetwork(cidr('192.168.7.77/22'))).to.equal('192.168.4.0/22');
    expect(formatNetwork(cidr('10.0.0.1'))).to.equal('10.0.0.1/32');
    expect(formatNetwork(cidr('255.255.255.255/0'))).to.equal('0.0.0.0/0');
  });

  for (const text of ['', 'x', '10.0.0', '10.0.0.256/24', '10.0.0.0/33', '10.0.0.0/', '::1/64', '10.0.0.0/24 ']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(parseCidr(text)).to.equal(undefined);
    });
  }

  it('keeps network, bridge and broadcast for itself', () => {
    expect(gatewayOf(cidr('10.1.2.0/29'))).to.equal('10.1.2.1');
    expect([...machineAddresses(cidr('10.1.2.0/29'))]).to.deep.equal(['10.1.2.2', '10.1.2.3', '10.1.2.4', '10.1.2.5', '10.1.2.6']);
  });
});
