import { randomUUID } from 'node:crypto';
import { existsSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';

import virtualbox from '../../drivers/virtualbox/index.js';
import { buildCommands } from '../../drivers/virtualbox/vm/build.js';
import { parseHostCidr } from '../../drivers/virtualbox/network/host-cidr.js';
import { readConfig } from '../../drivers/virtualbox/config.js';
import { dhcpSettings } from '../../drivers/virtualbox/network/dhcp.js';
import { spelled } from '../../drivers/virtualbox/program/version.js';
import { parseVmInfo } from '../../drivers/virtualbox/vm/vm.js';
import { isoImage } from '../../src/guest/iso/image.js';
import { silentIo } from '../../src/base/io.js';
import { accountContext } from '../../src/machine/access/driver-context.js';
import { attachDriver, type Machine } from '../../src/machine/machine.js';
import { openSession } from '../../src/session.js';
import type { Driver } from '../../src/driver/contract.js';
import type { FlagValues } from '../../src/base/flags.js';
import { newHostConfig } from '../../src/store/config/schema.js';
import { failureOf } from '../helpers/failure.js';
import { skip } from '../helpers/skip.js';
import { RealVirtualBox, ensureRoot, obstacle } from './real.js';
import { shape, shapesOfTheDriver } from './shapes.js';

describe('a real VBoxManage', () => {
  let real: RealVirtualBox;
  let driver: Driver;
  let path: string | undefined;

  before(async function () {
    const why = obstacle();
    if (why !== undefined) skip(this, why);
    this.timeout(25 * 60_000);
    ensureRoot();
    real = await RealVirtualBox.open();
    driver = await virtualbox.open({ env: process.env, signal: new AbortController().signal });
    path = process.env['PATH'];
    process.env['PATH'] = `${real.bin}:${path ?? ''}`;
    disk('base.raw', 64);
  });
  after(() => {
    if (path === undefined) return;
    process.env['PATH'] = path;
    real.close();
  });

  function disk(name: string, megabytes: number): string {
    const file = join(real.dir, name);
    writeFileSync(file, 'not a boot sector');
    truncateSync(file, megabytes * 2 ** 20);
    return file;
  }

  function boot2dockerIso(): string {
    const file = join(real.dir, 'b2d.iso');
    writeFileSync(file, isoImage('Boot2Docker-v1', [], new Date(0)));
    return file;
  }

  const sessionOf = (folder: string) => {
    const env = { ...process.env, TSMACHINE_STATE_DIR: join(real.dir, 'registry') };
    return openSession({ storePath: join(real.dir, folder), io: silentIo, signal: new AbortController().signal, env });
  };

  async function machine(name: string, flags: FlagValues, folder = 'store'): Promise<Machine> {
    const session = sessionOf(folder);
    const { store } = session;
    await store.reserve(name);
    const all = {
      ...Object.fromEntries((await virtualbox.describe()).flags.map((flag) => [flag.name, flag.default])),
      'virtualbox-no-vtx-check': true,
      'virtualbox-memory': 512,
      ...flags,
    };
    const data = await driver.parse({ machineName: name, storePath: store.root, machineDir: store.machine(name).dir, flags: all });
    const made = await attachDriver(
      session,
      newHostConfig({ name, root: store.root, driverName: 'virtualbox', driver: data, engine: {}, serverCertSans: [] }),
    );
    await made.save();
    return made;
  }

  /** Everything but the start, which needs the kernel module. */
  async function createUpToStart(made: Machine): Promise<Map<string, string>> {
    expect((await failureOf(driver.precheck(made.data, made.ctx))).message).to.match(
      /^The kernel module of VirtualBox 7\.\S+ is not loaded/,
    );
    const error = await failureOf(driver.create(made.data, made.ctx));
    expect(error.message).to.match(/^Unable to start the VM: The virtual machine '\w+' has terminated unexpectedly during startup/);
    return new Map(parseVmInfo(real.call('showvminfo', made.name, '--machinereadable').stdout));
  }

  const registered = () =>
    ['vms', 'hdds', 'dvds'].flatMap((what) =>
      real
        .call('list', what)
        .stdout.split('\n')
        .filter((line) => /^"|^Location:/.test(line)),
    );

  const everything = () => [...registered(), ...real.call('list', 'hostonlyifs').stdout.split('\n')];

  it('makes the VM that was asked for, of a raw disk, and removes all of it but the cached base', async () => {
    const made = await machine('cloud', {
      'virtualbox-image': join(real.dir, 'base.raw'),
      'virtualbox-cpu-count': 2,
      'virtualbox-memory': 768,
      'virtualbox-disk-size': 5000,
      'virtualbox-hostonly-nictype': 'virtio',
    });
    const vm = await createUpToStart(made);
    expect(Object.fromEntries(vm)).to.include({
      name: 'cloud',
      cpus: '2',
      memory: '768',
      firmware: 'BIOS',
      boot1: 'disk',
      boot2: 'none',
      nic1: 'nat',
      nic2: 'hostonly',
      hostonlyadapter2: 'vboxnet0',
      nictype2: 'virtio',
      uart1: '0x03f8,4',
      rtcuseutc: 'on',
      ioapic: 'on',
      'SATA-0-0': join(made.ctx.machineDir, 'disk.vdi'),
      'SATA-1-0': join(made.ctx.machineDir, 'seed.iso'),
      'Forwarding(0)': `ssh,tcp,127.0.0.1,${String(made.data['SSHPort'])},,22`,
      UUID: made.data['VMId'],
    });
    expect(real.call('showmediuminfo', 'disk', join(made.ctx.machineDir, 'disk.vdi')).stdout).to.match(/Capacity: +5000 MBytes/);
    expect(real.call('getextradata', 'cloud', 'tsmachine/machine').stdout).to.match(
      new RegExp(`^Value: ${String(made.data['VMId'])}$`, 'm'),
    );
    expect(real.call('list', 'dhcpservers').stdout).to.match(
      /NetworkName: +HostInterfaceNetworking-vboxnet0\nDhcpd IP: +192\.168\.(99|5\d|6\d)\.2\n/,
    );
    await driver.remove(made.data, made.ctx);
    expect(registered()).to.deep.equal([]);
    expect(existsSync(String(made.data['BaseDisk']))).to.equal(true);
    expect(existsSync(join(real.dir, 'state', 'vboxnet0'))).to.equal(false);
    expect(real.call('list', 'dhcpservers').stdout).not.to.contain('192.168.99.2');
  });

  it('goes on where a create was cut off, keeps a base that others stand on, and removes what has snapshots', async () => {
    const image = { 'virtualbox-image': join(real.dir, 'base.raw'), 'virtualbox-nat-only': true };
    const [one, two] = [await machine('one', image), await machine('two', image)];
    await createUpToStart(one);
    await one.keep({ ...one.data, Built: false });
    await createUpToStart(two);
    const vm = await createAgain(one);
    expect(vm.get('UUID')).to.equal(one.data['VMId']);
    expect([vm.get('Forwarding(0)'), vm.get('Forwarding(1)')].sort()).to.deep.equal([
      `docker,tcp,127.0.0.1,${String(one.data['EnginePort'])},,${String(one.data['EnginePort'])}`,
      `ssh,tcp,127.0.0.1,${String(one.data['SSHPort'])},,22`,
    ]);
    expect(vm.get('nic2')).to.equal('none');
    expect(real.call('snapshot', 'one', 'take', 's1')).to.include({ status: 0 });
    await driver.remove(one.data, one.ctx);
    real.forget();
    const left = registered().join('\n');
    expect(left).not.to.contain(join('machines', 'one'));
    expect(left).to.contain('"two"');
    expect(parseVmInfo(real.call('showvminfo', 'two', '--machinereadable').stdout).get('SATA-0-0')).to.equal(
      join(two.ctx.machineDir, 'disk.vdi'),
    );
    await driver.remove(two.data, two.ctx);
    await driver.remove(two.data, two.ctx);
    expect(registered()).to.deep.equal([]);
    expect(existsSync(String(one.data['BaseDisk']))).to.equal(true);
  });

  async function createAgain(made: Machine): Promise<Map<string, string>> {
    const error = await failureOf(driver.create(made.data, made.ctx));
    expect(error.message).to.match(/^Unable to start the VM/);
    return new Map(parseVmInfo(real.call('showvminfo', made.name, '--machinereadable').stdout));
  }

  it('takes a VMDK, and boots a boot2docker ISO before the disk with the key', async () => {
    const vmdk = join(real.dir, 'stream.vmdk');
    expect(real.call('convertfromraw', join(real.dir, 'base.raw'), vmdk, '--format', 'VMDK', '--variant', 'Stream').status).to.equal(0);
    const cloud = await machine('vmdk', {
      'virtualbox-image': vmdk,
      'virtualbox-nat-only': true,
      'virtualbox-share-folder': '/var/tmp:tmp',
    });
    expect(Object.fromEntries(await createUpToStart(cloud))).to.include({
      SharedFolderNameMachineMapping1: 'tmp',
      SharedFolderPathMachineMapping1: '/var/tmp',
    });
    await driver.remove(cloud.data, cloud.ctx);
    const iso = await machine('iso', {
      'virtualbox-boot2docker-url': boot2dockerIso(),
      'virtualbox-nat-only': true,
      'virtualbox-disk-size': 300,
    });
    expect(Object.fromEntries(await createUpToStart(iso))).to.include({
      boot1: 'dvd',
      'SATA-0-0': join(iso.ctx.machineDir, 'boot2docker.iso'),
      'SATA-1-0': join(iso.ctx.machineDir, 'disk.vmdk'),
    });
    await driver.remove(iso.data, iso.ctx);
    expect(registered()).to.deep.equal([]);
  });

  it('accepts the VM of an ARM computer, the words of VirtualBox 6, and every DHCP server', async () => {
    const config = readConfig({
      ...(await machine('arm', { 'virtualbox-nat-only': true })).data,
      VMId: '5a1d6a20-4669-415a-8a1d-6a2046691501',
    });
    const owner = { store: randomUUID(), machine: randomUUID() };
    const drives = [{ type: 'hdd', path: disk('arm.raw', 1).replace(/raw$/, 'vdi') }] as const;
    real.call('convertfromraw', join(real.dir, 'arm.raw'), drives[0].path, '--format', 'VDI');
    const commands = buildCommands({ config, owner, machineDir: join(real.dir, 'arm'), cpus: 2, arm: true, drives, share: undefined });
    for (const args of commands) expect(real.call(...args), args.join(' ')).to.include({ status: 0 });
    expect(real.call('showvminfo', config.vmId, '--machinereadable').stdout)
      .to.match(/^platformArchitecture="ARM"$/m)
      .and.to.match(/^boot1="disk"$/m);
    const old = { text: '6.1.50', major: 6, minor: 1, patch: 50, withoutModule: false };
    const words = buildCommands({ config, owner, machineDir: join(real.dir, 'old'), cpus: 1, arm: false, drives, share: undefined })
      .filter(([verb]) => verb === 'modifyvm')
      .map((args) => spelled(args, old));
    real.call('unregistervm', config.vmId, '--delete');
    real.call('createvm', '--name', 'old', '--uuid', config.vmId, '--basefolder', real.dir, '--register');
    for (const args of words) expect(real.call(...args), args.join(' ')).to.include({ status: 0 });
    real.call('unregistervm', config.vmId, '--delete');
    for (const [verb, text] of [
      ['add', '192.168.60.1/24'],
      ['modify', '192.168.61.129/26'],
    ] as const) {
      const { ip, mask, lower, upper } = dhcpSettings(parseHostCidr(text));
      const args = [
        'dhcpserver',
        verb,
        '--netname',
        'HostInterfaceNetworking-vboxnet5',
        '--ip',
        ip,
        '--netmask',
        mask,
        '--lowerip',
        lower,
        '--upperip',
        upper,
        '--enable',
      ];
      expect(real.call(...args), args.join(' ')).to.include({ status: 0 });
    }
    expect(real.call('list', 'dhcpservers').stdout).to.match(
      /Dhcpd IP: +192\.168\.61\.130\nLowerIPAddress: 192\.168\.61\.131\nUpperIPAddress: 192\.168\.61\.190\n/,
    );
  });

  it('knows the words of what needs its kernel module or a VM that runs', () => {
    const id = '5a1d6a20-4669-415a-8a1d-6a2046691501';
    expect(real.call('createvm', '--name', 'off', '--uuid', id, '--basefolder', real.dir, '--register').status).to.equal(0);
    const rows: [string[], RegExp][] = [
      ...['resume', 'acpipowerbutton', 'poweroff'].map((verb): [string[], RegExp] => [
        ['controlvm', id, verb],
        /is not currently running\.$/m,
      ]),
      [['discardstate', id], /error: Cannot discard the saved state as the machine is not in the Saved/],
      ...['gui', 'sdl', 'separate', 'headless'].map((ui): [string[], RegExp] => [
        ['startvm', id, '--type', ui],
        /error: (Could not launch the VM process|The virtual machine 'off' has terminated unexpectedly)/,
      ]),
      [['hostonlyif', 'create'], /error: Failed to create the host-only adapter/],
      [
        ['hostonlyif', 'ipconfig', 'vboxnet0', '--ip', '192.168.56.1', '--netmask', '255.255.255.0'],
        /error: The host network interface named 'vboxnet0' could not be found/,
      ],
      [['hostonlyif', 'remove', 'vboxnet0'], /error: The host network interface named 'vboxnet0' could not be found/],
      [
        ['dhcpserver', 'findlease', '--network', 'HostInterfaceNetworking-vboxnet9', '--mac-address', '080027aabbcc'],
        /error: Failed to find DHCP server for network/,
      ],
      [['guestproperty', 'get', id, '/VirtualBox/GuestInfo/Net/1/V4/IP'], /^(?!.*error:)/],
      [['modifyvm', id, '--nat-pf1', 'ssh,tcp,127.0.0.1,40001,,22'], /^(?!.*error:)/],
      [['modifyvm', id, '--nat-pf1', 'delete', 'ssh'], /^(?!.*error:)/],
      [['list', 'hostonlyifs'], /^(?!.*error:)/],
    ];
    for (const [args, expected] of rows) {
      const { stderr } = real.callReal(...args);
      expect(stderr, args.join(' ')).to.match(expected);
      expect(stderr, args.join(' ')).not.to.match(/Unknown option|Invalid (parameter|command|frontend)|Usage/);
    }
    real.call('unregistervm', id, '--delete');
  });

  for (const isAsleep of [true, false]) {
    const when = isAsleep ? 'after its service ended' : 'while its service runs';
    it(`lets the driver find and remove what a deleted store left (${when}), and nothing else`, async () => {
      const image = { 'virtualbox-image': join(real.dir, 'base.raw') };
      expect(real.call('createvm', '--name', 'foreign', '--basefolder', real.dir, '--register').status).to.equal(0);
      const [lost, other] = [await machine('lost', image, 'deleted'), await machine('other', image, 'deleted')];
      const kept = await machine('kept', image);
      for (const one of [lost, other, kept]) await createUpToStart(one);
      const before = everything();
      const owners = await Promise.all([lost, other].map(({ ctx: own }) => own.owner()));
      rmSync(join(real.dir, 'deleted'), { recursive: true });
      if (isAsleep) real.forget();
      const session = sessionOf('store');
      const ctx = accountContext(session, { name: 'virtualbox', flags: [] });
      const found = (await driver.leftovers?.(ctx)) ?? [];
      const ids = (machines: readonly Machine[]) => machines.map(({ data }) => String(data['VMId'])).sort();
      expect(found.map(({ kind, id }) => `${kind} ${id}`).sort()).to.deep.equal(
        ids([lost, other, kept]).map((id) => `VirtualBox VM ${id}`),
      );
      const gone = found.filter(({ path: folder }) => folder?.startsWith(join(real.dir, 'deleted')));
      expect(gone.map(({ owner }) => owner)).to.have.deep.members(owners);
      for (const one of [...gone, ...gone]) await driver.discard?.(one, ctx);
      expect(everything()).to.deep.equal(before.filter((line) => !/deleted|"lost"|"other"/.test(line)));
      expect((await driver.look(kept.data, kept.ctx)).state).to.equal('Stopped');
      await driver.remove(kept.data, kept.ctx);
      real.call('unregistervm', 'foreign', '--delete');
      expect(registered()).to.deep.equal([]);
    });
  }

  it("starts a machine that VirtualBox cannot open since another one's folder was deleted by hand", async () => {
    const image = { 'virtualbox-image': join(real.dir, 'base.raw'), 'virtualbox-nat-only': true };
    const [one, two] = [await machine('one', image), await machine('two', image)];
    for (const made of [one, two]) await createUpToStart(made);
    rmSync(one.ctx.machineDir, { recursive: true });
    real.forget();
    expect(await driver.look(two.data, two.ctx)).to.include({ state: 'Error' });
    expect((await failureOf(driver.start(two.data, two.ctx))).message).to.match(/^Unable to start the VM/);
    expect(await driver.look(two.data, two.ctx)).to.include({ state: 'Stopped' });
    const ctx = accountContext(sessionOf('store'), { name: 'virtualbox', flags: [] });
    const gone = ((await driver.leftovers?.(ctx)) ?? []).filter(({ id }) => id === one.data['VMId']);
    for (const left of gone) await driver.discard?.(left, ctx);
    real.forget();
    expect(await driver.look(two.data, two.ctx)).to.include({ state: 'Stopped' });
    await driver.remove(two.data, two.ctx);
    expect(registered()).to.deep.equal([]);
  });

  it('got every kind of call that the driver makes', async () => {
    const seen = new Set(real.calls().map(shape));
    const unseen = [...(await shapesOfTheDriver())].filter((one) => !seen.has(one));
    expect(unseen).to.deep.equal([]);
  });

  it('leaves a VM alone that has only the name of a machine', async () => {
    expect(real.call('createvm', '--name', 'theirs', '--basefolder', real.dir, '--register').status).to.equal(0);
    const made = await machine('theirs', { 'virtualbox-image': join(real.dir, 'base.raw') });
    expect((await driver.look({ ...made.data, Built: true }, made.ctx)).state).to.equal('None');
    await driver.remove({ ...made.data, Built: true }, made.ctx);
    await driver.remove(made.data, made.ctx);
    expect(registered().join()).to.match(/^"theirs"/);
  });
});
