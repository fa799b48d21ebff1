import { expect } from 'chai';

import { adoptRequest, adoptRequestOf } from '../../../src/transfer/adopt-request.js';
import { failureOf } from '../../helpers/failure.js';

describe('a host to adopt', () => {
  it('is reached by driver generic unless another is named, with flags by name', async () => {
    const request = await adoptRequest(
      { env: { GENERIC_SSH_USER: 'anna' } },
      { name: 'm', flags: { 'generic-ip-address': '10.0.0.5', 'tls-san': 'm.example.com' } },
    );
    expect(request).to.deep.include({ name: 'm', driverName: 'generic', tlsSans: ['m.example.com'] });
    expect(request.flags).to.include({ 'generic-ip-address': '10.0.0.5', 'generic-ssh-user': 'anna' });
    expect((await failureOf(adoptRequest({ env: {} }, { name: 'm', flags: { 'engine-label': ['a=b'] } }))).code).to.equal('USAGE');
  });

  it('needs its three certificate files together, and makes their paths absolute', async () => {
    expect(adoptRequestOf('m', 'generic', { ca: '', cert: '', key: '' })).not.to.have.property('certificates');
    expect((await failureOf(() => adoptRequestOf('m', 'generic', { ca: 'a', cert: '', key: 'b' }))).code).to.equal('FLAG_MISSING');
    expect(adoptRequestOf('m', 'generic', { ca: 'a', cert: '/b', key: '/c' }).certificates).to.deep.equal({
      ca: `${process.cwd()}/a`,
      cert: '/b',
      key: '/c',
    });
  });
});
