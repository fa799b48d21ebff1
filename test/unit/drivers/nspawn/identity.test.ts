import { expect } from 'chai';

import { bridgeName, hostName, machineId, macAddress, partNames } from '../../../../drivers/nspawn/identity.js';

describe('nspawn names', () => {
  it('differ between stores and fit into interface names', () => {
    const one = machineId('/home/a/.docker/machine/machines/m1');
    const other = machineId('/home/b/.docker/machine/machines/m1');
    expect(one).not.to.equal(other);
    expect(partNames(one).cable).to.have.length.at.most(15);
    expect(bridgeName('10.210.0.0/24')).to.have.length.at.most(15);
    expect(partNames(one).machine).to.match(/^[a-z0-9-]{1,64}$/);
  });

  for (const id of ['', 'x/../../unified', '../0123456789', '0123456789/', '0123456789\n', 'ABCDEF0123', '01234567890']) {
    it(`are not made of ${JSON.stringify(id)}`, () => {
      expect(() => partNames(id))
        .to.throw('is not the id of a machine')
        .with.property('code', 'CONFIG_UNREADABLE');
    });
  }

  it('gives an address always the same hardware address', () => {
    expect(macAddress('10.210.0.255')).to.equal('02:74:0a:d2:00:ff');
  });

  for (const [name, expected] of [
    ['m1', 'm1'],
    ['M1.Example.org', 'm1.example.org'],
    ['a'.repeat(80), 'a'.repeat(63)],
    [`${'a'.repeat(62)}-b`, 'a'.repeat(62)],
    ['a..b', 'a.b'],
    ['a-.-b', 'a.b'],
    ['a_b', 'a-b'],
    ['...', 'machine'],
  ] as const) {
    it(`makes the host name of ${name}`, () => {
      expect(hostName(name)).to.equal(expected);
    });
  }
});
