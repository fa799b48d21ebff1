import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { closeComputer, inotifyFile, openComputer } from '../../../../../drivers/nspawn/network/settings.js';
import type { Before, Registry } from '../../../../../drivers/nspawn/network/leases.js';
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

  it('let nobody else forward through a computer that forwarded nothing', async () => {
    const open = await openComputer({ leases: {} }, computer);
    expect(computer.policy).to.equal('DROP');
    computer.policy = 'ACCEPT'; // the owner's choice, from now on
    await openComputer(open, computer);
    expect(computer.policy).to.equal('ACCEPT');
    await closeComputer(open, computer);
    expect([computer.forward, computer.policy]).to.deep.equal(['0', 'ACCEPT']);
  });

  it('leave the policy of a computer that forwards alone', async () => {
    computer.forward = '1';
    const open = await openComputer({ leases: {} }, computer);
    expect(computer.policy).to.equal('ACCEPT');
    computer.policy = 'DROP'; // an engine came
    await closeComputer(open, computer);
    expect([computer.forward, computer.policy]).to.deep.equal(['1', 'DROP']);
  });

  it('keep strangers out while others count on forwarding', async () => {
    const open = await openComputer({ leases: {} }, computer);
    computer.rules.push('nat POSTROUTING -s 172.17.0.0/16 -j MASQUERADE');
    await closeComputer(open, computer);
    expect([computer.forward, computer.policy]).to.deep.equal(['1', 'DROP']);
  });

  it('are put back where addresses were translated before the first machine', async () => {
    computer.rules.push('nat POSTROUTING -s 172.17.0.0/16 -j MASQUERADE');
    const open = await openComputer({ leases: {} }, computer);
    await closeComputer(open, computer);
    expect([computer.forward, computer.policy]).to.deep.equal(['0', 'ACCEPT']);
  });

  it('allow as many inotify instances as the machines need, and only that', async () => {
    const withMachines = (count: number, before?: Before): Registry => ({
      leases: Object.fromEntries(
        Array.from({ length: count }, (_, index) => [
          `id${index}`,
          { machineDir: `/m${index}`, cidr: '10.1.0.0/24', ip: `10.1.0.${index + 2}` },
        ]),
      ),
      ...(before ? { before } : {}),
    });
    computer.files.set(inotifyFile, '128');
    const one = await openComputer(withMachines(1), computer);
    expect(computer.files.get(inotifyFile)).to.equal('144');
    const many = await openComputer(withMachines(50, one.before), computer);
    expect(computer.files.get(inotifyFile)).to.equal('928');
    expect(await openComputer(withMachines(2, many.before), computer)).to.have.nested.property('before.inotify.was', '128');
    expect(computer.files.get(inotifyFile)).to.equal('928');
    await closeComputer(many, computer);
    expect(computer.files.get(inotifyFile)).to.equal('128');
  });

  it('keep the inotify instances that somebody else allowed', async () => {
    computer.files.set(inotifyFile, '8192');
    const rich = await openComputer({ leases: {} }, computer);
    expect(rich.before).not.to.have.property('inotify');
    computer.files.set(inotifyFile, '64');
    const open = await openComputer({ leases: {} }, computer);
    computer.files.set(inotifyFile, '4096');
    await closeComputer(open, computer);
    expect(computer.files.get(inotifyFile)).to.equal('4096');
  });

  it('name the setting that the kernel refuses', async () => {
    computer.files.set(inotifyFile, '1');
    Object.assign(computer, { set: () => Promise.reject(new Error('EROFS: read-only file system')) });
    const error: unknown = await openComputer({ leases: {} }, computer).catch((reason: unknown) => reason);
    expect(String(error)).to.include(inotifyFile).and.include('read-only');
    expect(error).to.have.property('hint').that.includes(`echo 128 > ${inotifyFile}`);
  });

  it('are asked anew after a reboot of the computer', async () => {
    const open = await openComputer({ leases: {} }, computer);
    const rebooted = fakeComputer({ ...v2(), bootId: 'boot-2' }, computer.registryFile);
    rebooted.forward = '1';
    expect((await openComputer(open, rebooted)).before).to.deep.equal({
      bootId: 'boot-2',
      forwarding: '1',
      forwardPolicy: 'ACCEPT',
      translations: [],
      controllers: [],
    });
    const other = fakeComputer({ ...v2(), bootId: 'boot-3' }, computer.registryFile);
    other.forward = '1';
    await closeComputer(open, other);
    expect(other.forward).to.equal('1');
  });
});
