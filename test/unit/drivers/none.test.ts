import { expect } from 'chai';

import none from '../../../drivers/none/index.js';
import { failureOf } from '../../helpers/failure.js';
import type { FlagValues } from '../../../src/driver/contract.js';

const input = (flags: FlagValues) => ({ machineName: 'one', storePath: '/store', machineDir: '/store/machines/one', flags });

describe('driver none', () => {
  it('writes the Driver object that Docker Machine writes', async () => {
    const driver = await none.open({ env: {}, signal: new AbortController().signal });
    expect(JSON.stringify(await driver.parse(input({ url: 'tcp://127.0.0.1:12376' })))).to.equal(
      JSON.stringify({
        IPAddress: '127.0.0.1:12376',
        MachineName: 'one',
        SSHUser: '',
        SSHPort: 0,
        SSHKeyPath: '',
        StorePath: '/store',
        SwarmMaster: false,
        SwarmHost: '',
        SwarmDiscovery: '',
        URL: 'tcp://127.0.0.1:12376',
      }),
    );
  });

  it('asks for the URL', async () => {
    const driver = await none.open({ env: {}, signal: new AbortController().signal });
    const error = await failureOf(driver.parse(input({})));
    expect(error.message).to.include('--url option is required when no driver is selected');
    expect(error.code).to.equal('FLAG_MISSING');
  });

  it('takes a single word, as scripts give it that want nothing but certificates', async () => {
    const driver = await none.open({ env: {}, signal: new AbortController().signal });
    const data = await driver.parse(input({ url: 'localhost' }));
    expect(data).to.include({ URL: 'localhost', IPAddress: '' });
    driver.check(data, input({}));
  });

  for (const url of [
    '127.0.0.1:2376',
    'tcp://',
    'tcp://host:99999',
    'tcp://ho st:1',
    'tcp://a@b:1',
    'http://host:2376',
    'tcp://[::1:2376',
  ]) {
    it(`refuses ${url}`, async () => {
      const driver = await none.open({ env: {}, signal: new AbortController().signal });
      const error = await failureOf(driver.parse(input({ url })));
      expect(error.message).to.include('is not an engine URL');
      expect(error.code).to.equal('FLAG_INVALID');
    });
  }
});
