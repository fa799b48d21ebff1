import { expect } from 'chai';

import { silentIo } from '../../../src/base/io.js';
import type { Look } from '../../../src/driver/contract.js';
import type { OpenDriver } from '../../../src/machine/access/driver-pool.js';
import { Machine } from '../../../src/machine/machine.js';
import { openSession } from '../../../src/session.js';
import type { HostConfig } from '../../../src/store/config/schema.js';

describe('where a machine is reached, of a driver that must ask', () => {
  const running = (ip: string): Look => ({ state: 'Running', addresses: [{ ip, scope: 'public' }] });
  const machineOf = (looks: readonly Look[]) => {
    const left = [...looks];
    const driver = { look: () => Promise.resolve(left.shift()) };
    const open = { name: 'none', flags: [], driver } as unknown as OpenDriver;
    const session = openSession({ storePath: '/nowhere', io: silentIo });
    return { machine: new Machine(session, { Name: 'm1', Driver: {} } as unknown as HostConfig, open), left };
  };

  it('is asked once while it is seen running', async () => {
    const { machine, left } = machineOf([running('192.0.2.1'), running('192.0.2.2')]);
    expect((await machine.where()).addresses[0]?.ip).to.equal('192.0.2.1');
    expect((await machine.where()).addresses[0]?.ip).to.equal('192.0.2.1');
    expect(left).to.have.length(1);
  });

  it('is what the last look saw, and asked again when that saw no running machine', async () => {
    const { machine } = machineOf([running('192.0.2.1'), { state: 'Stopped', addresses: [] }, running('192.0.2.2')]);
    await machine.where();
    await machine.look();
    expect((await machine.where()).addresses[0]?.ip).to.equal('192.0.2.2');
  });
});
