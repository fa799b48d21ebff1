import { expect } from 'chai';

import { waitForAddress } from '../../../../../drivers/hyperv/vm/address.js';
import type { Addresses } from '../../../../../drivers/hyperv/api.js';
import { hypervBy } from '../../../../../drivers/hyperv/powershell/hyperv.js';
import { MemoryMachine } from '../../../../helpers/driver-context.js';
import { failureOf } from '../../../../helpers/failure.js';

/** Waits for the address of a VM that is seen so; only `reachable` answers. */
function wait(seen: Addresses, reachable: string, timeout: number): Promise<string> {
  const ctx = new MemoryMachine().context({
    machineName: 'm1',
    machineDir: '/nowhere',
    cacheDir: '/nowhere',
    listens: (ip) => Promise.resolve(ip === reachable),
  });
  return waitForAddress({ id: 'i', switch: 'external', timeout }, ctx, {
    hyperv: { ...hypervBy(ctx, 'linux'), addresses: () => Promise.resolve(seen) },
  });
}

describe('hyperv: waiting for an address', () => {
  it('believes the one that answers', async () => {
    const seen = { state: 'Running', reported: ['192.0.2.5'], neighbours: ['192.0.2.7'] };
    expect(await wait(seen, '192.0.2.7', 1000)).to.equal('192.0.2.7');
  });

  it('of a link-local one says what may be wrong when the time is over', async () => {
    const failure = await failureOf(wait({ state: 'Running', reported: ['169.254.1.2'], neighbours: ['fe80::1'] }, '169.254.1.2', 50));
    expect(failure.code).to.equal('WAIT_TIMEOUT');
    expect(failure.message).to.include('for m1 to have an address (IP not found)');
    expect(failure.hint).to.equal('Does the network of switch "external" have a DHCP server? Its screen: vmconnect localhost m1');
  });

  it('gives IPv4 time before it takes an address of IPv6', async () => {
    const failure = await failureOf(wait({ state: 'Running', reported: ['2001:db8::7'], neighbours: [] }, '2001:db8::7', 50));
    expect(failure.code).to.equal('WAIT_TIMEOUT');
  });

  it('ends when the VM does', async () => {
    expect((await failureOf(wait({ state: 'Off', reported: [], neighbours: [] }, '', 5000))).message).to.equal(
      'The VM was turned off while it booted',
    );
  });
});
