import { expect } from 'chai';

import { formatNetwork } from '../../../../../src/base/network/cidr.js';
import { parseCidr } from '../../../../../drivers/nspawn/network/cidr.js';
import { bridgeName } from '../../../../../drivers/nspawn/identity.js';
import { checkRange, freeRange, parseRoutes } from '../../../../../drivers/nspawn/network/routes.js';

const routes = (...rows: { dst: string; dev?: string }[]) => parseRoutes(JSON.stringify(rows));
const range = (text: string) => parseCidr(text) ?? { address: 0, prefix: 0 };

describe('nspawn routes', () => {
  it('passes over default routes, also those in two halves', () => {
    expect(routes({ dst: 'default', dev: 'eth0' }, { dst: '0.0.0.0/1', dev: 'tun0' }, { dst: '128.0.0.0/1', dev: 'tun0' })).to.deep.equal(
      [],
    );
  });

  it('finds the first range no route overlaps', () => {
    expect(formatNetwork(freeRange(routes()))).to.equal('10.210.0.0/24');
    expect(formatNetwork(freeRange(routes({ dst: '10.210.0.0/23', dev: 'eth1' }, { dst: '10.210.2.9' })))).to.equal('10.210.3.0/24');
  });

  it('takes its own bridge for no obstacle', () => {
    const dev = bridgeName('10.210.0.0/24');
    expect(formatNetwork(freeRange(routes({ dst: '10.210.0.0/24', dev }, { dst: '10.210.0.1', dev })))).to.equal('10.210.0.0/24');
    expect(() => {
      checkRange(range('10.210.0.0/24'), routes({ dst: '10.210.0.0/24', dev }));
    }).not.to.throw();
  });

  it('names the route a given range overlaps', () => {
    expect(() => {
      checkRange(range('10.8.1.0/24'), routes({ dst: '10.8.0.0/16', dev: 'tun0' }));
    })
      .to.throw('overlaps a route of this computer: 10.8.0.0/16 dev tun0')
      .with.property('code', 'DRIVER_PRECHECK');
  });

  it('says so when nothing is free', () => {
    expect(() => freeRange(routes({ dst: '10.0.0.0/8', dev: 'vpn0' })))
      .to.throw('10.0.0.0/8 dev vpn0')
      .with.property('hint')
      .that.includes('--nspawn-cidr');
  });
});
