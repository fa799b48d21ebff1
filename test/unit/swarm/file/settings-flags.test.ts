import { expect } from 'chai';

import { addressesIn } from '../../../../src/swarm/reach/host-addresses.js';
import { checkAddresses } from '../../../../src/swarm/members/addresses.js';
import { settingsOfFlags, type SettingsFlags } from '../../../../src/swarm/file/flags.js';
import { failureOf } from '../../../helpers/failure.js';

describe('flags of a new swarm', () => {
  it('are what a file would say', async () => {
    expect(
      await settingsOfFlags({
        autolock: true,
        'cert-expiry': '48h',
        'default-addr-pool': ['10.20.0.0/16'],
        'max-snapshots': 0,
        'data-path-port': undefined,
      }),
    ).to.deep.equal({ autolock: true, certExpiry: 48 * 3600e9, defaultAddrPool: ['10.20.0.0/16'], maxSnapshots: 0 });
    expect(await settingsOfFlags({})).to.deep.equal({});
  });

  const wrong: [flags: SettingsFlags, message: RegExp][] = [
    [{ 'cert-expiry': '90' }, /^--cert-expiry: "90" must be a duration/],
    [{ 'dispatcher-heartbeat': '0s' }, /^--dispatcher-heartbeat: "0s" must be/],
    [{ 'data-path-port': 70000 }, /^--data-path-port: 70000 must be a whole number from 1024 to 49151$/],
    [{ 'task-history-limit': -1 }, /^--task-history-limit: -1 must be a whole number from 0$/],
    [{ 'default-addr-pool': ['10.0.0.0/8', 'x'] }, /^--default-addr-pool: "x" must be an IPv4 network/],
    [{ 'default-addr-pool': ['10.20.0.0/28'] }, /^--default-addr-pool: no \/24 network fits in a \/28/],
    [{ 'external-ca': ['url=https://x'] }, /^--external-ca: .*protocol=cfssl/],
  ];
  for (const [flags, message] of wrong) {
    it(`refuse ${JSON.stringify(flags)}`, async () => {
      const { code, message: said } = await failureOf(settingsOfFlags(flags));
      expect(code).to.equal('FLAG_INVALID');
      expect(said).to.match(message);
    });
  }

  it('tell every fault at once', async () => {
    expect((await failureOf(settingsOfFlags({ 'cert-expiry': '1m', 'max-snapshots': -1 }))).message.split('\n')).to.have.length(2);
  });
});

describe('addresses of nodes', () => {
  it('are checked before anybody is asked', async () => {
    checkAddresses({ advertiseAddr: '192.0.2.1:2377', listenAddr: '0.0.0.0:2377', dataPathAddr: 'eth1' });
    for (const given of [
      { advertiseAddr: '0.0.0.0' },
      { dataPathAddr: '192.0.2.1:4789' },
      { listenAddr: 'a b' },
      { advertiseAddr: 'host.example.com' },
    ]) {
      expect(
        await failureOf(() => {
          checkAddresses(given);
        }),
      ).to.include({ code: 'FLAG_INVALID' });
    }
  });

  it('are read from what a host says, but for its own', () => {
    const text = [
      '1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever',
      '1: lo    inet6 ::1/128 scope host',
      '2: eth0    inet 192.0.2.7/24 brd 192.0.2.255 scope global eth0',
      '2: eth0    inet6 fe80::1/64 scope link',
      '3: wg0    inet6 2001:db8::7/64 scope global',
      '',
    ].join('\n');
    expect(addressesIn(text)).to.deep.equal([
      { interface: 'eth0', ip: '192.0.2.7' },
      { interface: 'wg0', ip: '2001:db8::7' },
    ]);
  });
});
