import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { parseVmList } from '../../../../drivers/virtualbox/vm/list.js';
import type { DriverData } from '../../../../src/driver/contract.js';
import { failureOf } from '../../../helpers/failure.js';
import { simple } from '../../../stand-ins/virtualbox/answer.js';
import { Bench } from './bench.js';

const idOf = (index: number) => `5a1d6a20-4669-415a-8a1d-${String(index).padStart(12, '0')}`;
const dataOf = (name: string, id: string): DriverData => ({
  MachineName: name,
  VMId: id,
  Built: true,
  SSHPort: 40_001,
  IPAddress: '192.168.56.101',
  Image: 'debian',
  SSHUser: 'docker',
});

describe('virtualbox: how machines are', () => {
  const made = (bench: Bench, name: string, id: string) => {
    simple(bench.world, 'createvm', ['--basefolder', bench.account.machineDir(name), '--name', name, '--uuid', id, '--register']);
    const vm = bench.world.vms[id];
    if (!vm) throw new Error('no VM');
    return vm;
  };

  it('50 machines cost one call, and each is described as by itself', async () => {
    const bench = new Bench();
    const machines = new Map<string, DriverData>();
    const words = ['running', 'paused', 'saved', 'poweroff', 'aborted', 'gurumeditation'] as const;
    for (let index = 0; index < 50; index += 1) {
      const [name, id] = [`m${index}`, idOf(index)];
      machines.set(name, dataOf(name, id));
      if (index === 6) continue; // never made, or deleted by hand
      const vm = made(bench, name, id);
      Object.assign(vm, { state: words[index % 6] ?? 'running', pid: process.pid });
      if (index === 7) vm.closed = true;
    }
    machines.set('unasked', { MachineName: 'unasked', VMId: '', Built: false });
    machines.set('old', { MachineName: 'old', SSHPort: 1, IPAddress: '192.168.99.100' });
    Object.assign(made(bench, 'old', idOf(100)), { state: 'running', pid: process.pid });
    bench.calls.length = 0;
    const all = await bench.driver.lookAll?.(machines, bench.account);
    expect(bench.calls).to.deep.equal(['list --long vms']);
    expect([...(all?.keys() ?? [])]).to.deep.equal([...machines.keys()]);
    for (const [name, data] of machines) {
      const ctx = { ...bench.ctx, machineName: name, machineDir: bench.account.machineDir(name) };
      const from = bench.calls.length;
      expect(await bench.driver.look(data, ctx), name).to.deep.equal(all?.get(name));
      expect(bench.calls.length - from, name).to.be.at.most(1);
    }
    expect(all?.get('m6')).to.deep.equal({
      state: 'None',
      addresses: [],
      why: { code: 'gone', text: 'VirtualBox has no VM for m6' },
    });
    expect(all?.get('unasked')).to.deep.equal({ state: 'None', addresses: [] });
    expect(all?.get('m0')).to.deep.include({ state: 'Running', dockerUrl: 'tcp://192.168.56.101:2376' });
    expect(all?.get('m3')).to.include({ state: 'Stopped' }).and.not.to.have.property('dockerUrl');
    expect(all?.get('m5')).to.have.nested.property('why.code', 'failed');
    expect(all?.get('m5')).to.include({ state: 'Error' });
    expect(all?.get('m7')).to.have.nested.property('why.code', 'failed');
    expect(all?.get('old')).to.include({ state: 'Running' });
  });

  it('what VBoxManage complains of while it lists is no failure; a call that fails is one', async () => {
    const bench = new Bench();
    const machines = new Map([['m1', dataOf('m1', idOf(1))]]);
    bench.fault = () => ({ exitCode: 0, stdout: '', stderr: 'VBoxManage: error: Runtime error opening /gone.vbox\n' });
    expect((await bench.driver.lookAll?.(machines, bench.account))?.get('m1')).to.include({ state: 'None' });
    bench.fault = () => ({ exitCode: 1, stdout: '', stderr: 'VBoxManage: error: Failed to create the VirtualBox object!\n' });
    expect(await bench.driver.lookAll?.(machines, bench.account).catch((error: unknown) => error)).to.have.property(
      'code',
      'DRIVER_FAILED',
    );
  });

  it('a VM that VirtualBox halted is switched off and started again; stop switches it off', async () => {
    const bench = new Bench();
    await bench.parse();
    await bench.create();
    const [vm] = Object.values(bench.world.vms);
    if (!vm) throw new Error('no VM');
    vm.state = 'gurumeditation';
    await bench.driver.start(bench.data, bench.ctx);
    expect(vm.state).to.equal('running');
    vm.state = 'gurumeditation';
    await bench.driver.stop(bench.data, bench.ctx);
    expect(vm.state).to.equal('poweroff');
    expect(bench.calls.filter((call) => call.includes('acpipowerbutton'))).to.deep.equal([]);
  });

  it('a VM that VirtualBox cannot open, because another one was deleted by hand, is started all the same', async () => {
    const bench = new Bench();
    await bench.parse();
    await bench.create();
    const [vm] = Object.values(bench.world.vms);
    if (!vm) throw new Error('no VM');
    Object.assign(vm, { state: 'poweroff', closed: true });
    bench.world.media = {};
    await bench.driver.start(bench.data, bench.ctx);
    expect(vm).to.include({ state: 'running' }).and.not.to.have.property('closed');
    Object.assign(vm, { state: 'poweroff', closed: true });
    bench.world.media = {};
    bench.data = { ...bench.data, BaseDisk: '/gone/base.vdi' };
    const { message, hint } = await failureOf(bench.driver.start(bench.data, bench.ctx));
    expect([message, hint]).to.deep.equal([
      'VirtualBox cannot open the VM of m1',
      'Its settings or disks are missing or damaged. What VirtualBox says about them: VBoxManage list --long vms',
    ]);
  });

  it('the console is the log of a cloud image; without one it is empty', async () => {
    const bench = new Bench();
    await bench.parse();
    expect(await bench.driver.console?.(bench.data, bench.ctx)).to.equal('');
    writeFileSync(join(bench.ctx.machineDir, 'console.log'), 'Booting\n');
    expect(await bench.driver.console?.(bench.data, bench.ctx)).to.equal('Booting\n');
    expect(await bench.driver.console?.({ ...bench.data, Image: '' }, bench.ctx)).to.equal('');
  });

  it('reads what a real VBoxManage 7.2 prints: names of shared folders and lines of descriptions are none of VMs', () => {
    const line = (key: string, value: string) => `${`${key}:`.padEnd(29)}${value}`;
    const open = (name: string, id: string, state: string) =>
      [
        line('Name', name),
        line('UUID', id),
        line('Config file', `/m/${name}/${name}/${name}.vbox`),
        line('Hardware UUID', id),
        line('State', `${state} (since 2026-11-29T20:27:23.321000000)`),
      ].join('\n');
    const text = [
      open('a', idOf(1), 'powered off'),
      `\nShared folders:              \n\nName: 'tmp', Host path: '/var/tmp' (machine mapping), writable, auto-mount\n`,
      `Description:\nfirst\nUUID:            ${idOf(9)}\nState: x\n\n* Guest:\n`,
      open('b', idOf(2), 'guru meditation'),
      `\nName:            <inaccessible!>\nUUID:            ${idOf(3)}\nConfig file:     /m/c/c/c.vbox\nAccess error details:\n\n`,
    ].join('\n');
    expect(parseVmList(text).map(({ id, name, state }) => [id, name, state])).to.deep.equal([
      [idOf(1), 'a', 'poweroff'],
      [idOf(2), 'b', 'gurumeditation'],
      [idOf(3), '', 'inaccessible'],
    ]);
  });
});
