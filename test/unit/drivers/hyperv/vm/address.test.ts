import { expect } from 'chai';

import { waitForAddress } from '../../../../../drivers/hyperv/vm/address.js';
import type { Addresses } from '../../../../../drivers/hyperv/api.js';
import { hypervBy } from '../../../../../drivers/hyperv/powershell/hyperv.js';
import type { DriverContext } from '../../../../../src/driver/contract.js';
import { failureOf } from '../../../../helpers/failure.js';
import { RecordingIo } from '../../../../helpers/recording-io.js';

/** Waits for the address of a VM that is seen so; only `reachable` answers. */
function wait(seen: Addresses, reachable: string, timeout: number): Promise<string> {
  const unused = () => Promise.reject(new Error('not expected'));
  const ctx: DriverContext = {
    io: new RecordingIo(),
    signal: new AbortController().signal,
    machineName: 'm1',
    machineDir: '/nowhere',
    cacheDir: '/nowhere',
    checkpoint: unused,
    exec: unused,
    spawnDetached: unused,
    ssh: unused,
    download: unused,
    fetchText: unused,
    lock: unused,
  };
  return waitForAddress({ id: 'i', switch: 'external', timeout }, ctx, {
    hyperv: { ...hypervBy(ctx, 'linux'), addresses: () => Promise.resolve(seen) },
    computer: {
      platform: 'linux',
      architecture: 'x64',
      freeBytes: unused,
      answers: (ip) => Promise.resolve(ip === reachable),
    },
  });
}

describe('hyperv: waiting for an address', () => {
  it('believes the one that answers', async () => {
    const seen = { state: 'Running', told: ['192.0.2.5'], neighbours: ['192.0.2.7'] };
    expect(await wait(seen, '192.0.2.7', 1000)).to.equal('192.0.2.7');
  });

  it('of a link-local one says what may be wrong when the time is over', async () => {
    const failure = await failureOf(wait({ state: 'Running', told: ['169.254.1.2'], neighbours: ['fe80::1'] }, '169.254.1.2', 50));
    expect(failure.code).to.equal('WAIT_TIMEOUT');
    expect(failure.message).to.include('for m1 to have an address (IP not found)');
    expect(failure.hint).to.equal('Does the network of switch "external" have a DHCP server? Its screen: vmconnect localhost m1');
  });

  it('gives IPv4 time before it takes an address of IPv6', async () => {
    const failure = await failureOf(wait({ state: 'Running', told: ['2001:db8::7'], neighbours: [] }, '2001:db8::7', 50));
    expect(failure.code).to.equal('WAIT_TIMEOUT');
  });

  it('ends when the VM does', async () => {
    expect((await failureOf(wait({ state: 'Off', told: [], neighbours: [] }, '', 5000))).message).to.equal('The VM ended while it booted');
  });
});
