import { expect } from 'chai';

import { isWithin, networkOf } from '../../../../src/base/network/ip-network.js';

describe('networks of both families', () => {
  it('have one form, without bits after the prefix', () => {
    const forms = {
      '203.0.113.7': '203.0.113.7/32',
      '203.0.113.7/24': '203.0.113.0/24',
      '0.0.0.0/0': '0.0.0.0/0',
      '::/0': '::/0',
      '2001:DB8:0:0:0:0:0:1': '2001:db8::1/128',
      '2001:db8:ffff:ffff::1/33': '2001:db8:8000::/33',
      '2001:db8::1/064': '2001:db8::/64',
      'fe80:1:2:3:4:5:6:7/124': 'fe80:1:2:3:4:5:6:0/124',
      '::ffff:1.2.3.4': '::ffff:102:304/128',
    };
    for (const [text, network] of Object.entries(forms)) expect(networkOf(text), text).to.equal(network);
  });

  it('are nothing else', () => {
    for (const text of [
      '',
      'here',
      '1.2.3',
      '1.2.3.4/33',
      '1.2.3.4/',
      '::1/129',
      '::1/x',
      'fe80::1%eth0',
      '1.2.3.4/8/8',
      '010.0.0.1',
      ':::',
    ])
      expect(networkOf(text), text).to.equal(undefined);
  });

  it('contain the addresses of their own family', () => {
    expect(isWithin('203.0.113.7', '203.0.113.0/24')).to.equal(true);
    expect(isWithin('203.0.114.7', '203.0.113.0/24')).to.equal(false);
    expect(isWithin('2001:db8::7', '2001:db8::/64')).to.equal(true);
    expect(isWithin('2001:db9::7', '2001:db8::/64')).to.equal(false);
    expect(isWithin('2001:db8::7', '0.0.0.0/0')).to.equal(false);
    expect(isWithin('1.2.3.4', '::/0')).to.equal(false);
    expect(isWithin('m1.example', '0.0.0.0/0')).to.equal(false);
  });
});
