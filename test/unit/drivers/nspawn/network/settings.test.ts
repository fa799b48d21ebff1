import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { closeComputer, openComputer } from '../../../../../drivers/nspawn/network/settings.js';
import { factsV1, fakeComputer, type FakeComputer } from '../fake-computer.js';

describe('nspawn and the settings of the computer', () => {
  let dir: string;
  let computer: FakeComputer;
  const v2 = () => ({ ...factsV1(dir), cgroups: { version: 2 as const, track: '/cg', hierarchies: [], controllers: ['cpu', 'memory'] } });
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'settings-'));
    computer = fakeComputer(v2(), join(dir, 'leases.json'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('are what they were, after the last machine', async () => {
    const file = '/cg/cgroup.subtree_control';
    computer.files.set(file, 'memory');
    const open = await openComputer({ leases: {} }, computer);
    expect(computer.forward).to.equal('1');
    computer.files.set(file, 'memory cpu');
    expect(await closeComputer(open, computer)).to.deep.equal({ leases: {} });
    expect(computer.forward).to.equal('0');
    expect(computer.files.get(file)).to.equal('-cpu');
  });

  it('are remembered once, not as we left them', async () => {
    const open = await openComputer({ leases: {} }, computer);
    expect(await openComputer(open, computer)).to.deep.equal(open);
    await closeComputer(open, computer);
    expect(computer.forward).to.equal('0');
  });

  it('are asked anew after a reboot of the computer', async () => {
    const open = await openComputer({ leases: {} }, computer);
    const rebooted = fakeComputer({ ...v2(), bootId: 'boot-2' }, computer.registryFile);
    rebooted.forward = '1';
    expect((await openComputer(open, rebooted)).before).to.deep.equal({ bootId: 'boot-2', forwarding: '1', controllers: [] });
    const other = fakeComputer({ ...v2(), bootId: 'boot-3' }, computer.registryFile);
    other.forward = '1';
    await closeComputer(open, other);
    expect(other.forward).to.equal('1');
  });
});
