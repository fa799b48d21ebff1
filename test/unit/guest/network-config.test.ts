import { expect } from 'chai';

import { macAddress, networkConfig } from '../../../src/guest/network-config.js';
import { failureOf } from '../../helpers/failure.js';

describe('network-config', () => {
  it('finds adapters by their addresses, asks DHCP or not, and waits for the first alone', () => {
    const text = networkConfig([
      { mac: '080027A1B2C3' },
      { mac: '08:00:27:a1:b2:c4', noDefaultRoute: true },
      { mac: '08-00-27-A1-B2-C5', addresses: ['10.0.0.5/24', 'fd00::5/64'], gateway: '10.0.0.1', nameservers: ['10.0.0.1'] },
    ]);
    expect(JSON.parse(text)).to.deep.equal({
      version: 2,
      ethernets: {
        adapter0: { match: { macaddress: '08:00:27:a1:b2:c3' }, dhcp4: true },
        adapter1: {
          match: { macaddress: '08:00:27:a1:b2:c4' },
          dhcp4: true,
          'dhcp4-overrides': { 'use-routes': false, 'use-dns': false },
          optional: true,
        },
        adapter2: {
          match: { macaddress: '08:00:27:a1:b2:c5' },
          dhcp4: false,
          addresses: ['10.0.0.5/24', 'fd00::5/64'],
          routes: [{ to: '0.0.0.0/0', via: '10.0.0.1' }],
          nameservers: { addresses: ['10.0.0.1'] },
          optional: true,
        },
      },
    });
  });

  it("comes before the netplan file of Debian's images, which takes every adapter", () => {
    const adapters = Array.from({ length: 12 }, (_, index) => ({ mac: `08002700000${index.toString(16)}` }));
    const { ethernets } = JSON.parse(networkConfig(adapters)) as { ethernets: object };
    const files = ['all-en', 'all-eth', ...Object.keys(ethernets)].map((id) => `10-netplan-${id}.network`).sort();
    expect(files.slice(-2)).to.deep.equal(['10-netplan-all-en.network', '10-netplan-all-eth.network']);
  });

  it('refuses what is no address', async () => {
    for (const mac of ['', '0800', 'zz0027a1b2c3', '08002 7a1b2c'])
      expect(await failureOf(() => macAddress(mac))).to.include({ code: 'INTERNAL' });
    for (const address of ['10.0.0.5', '10.0.0.5/33', 'x/24', '10.0.0.5/']) {
      expect(await failureOf(() => networkConfig([{ mac: '080027A1B2C3', addresses: [address] }])), address).to.include({
        code: 'INTERNAL',
      });
    }
    expect(await failureOf(() => networkConfig([{ mac: '080027A1B2C3', gateway: 'router' }]))).to.include({ code: 'INTERNAL' });
  });
});
