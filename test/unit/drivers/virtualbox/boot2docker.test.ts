import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';

import { isoImage } from '../../../../src/guest/iso/image.js';
import { failureOf } from '../../../helpers/failure.js';
import { simple } from '../../../stand-ins/virtualbox/answer.js';
import { Bench } from './bench.js';

const theirs = '7a1d6a20-4669-415a-8a1d-6a2046691503';

function isoOf(bench: Bench, version: string): string {
  const path = join(bench.dir, `${version}.iso`);
  writeFileSync(path, isoImage(`Boot2Docker-${version}`, [], new Date(0)));
  return path;
}

/** A VM as boot2docker's own tool made it, with its key in the home folder. */
function withTheirVm(bench: Bench): string {
  const disk = join(bench.dir, 'theirs.vmdk');
  const raw = join(bench.dir, 'theirs.raw');
  writeFileSync(raw, 'x');
  const call = (...[command = '', ...words]: string[]) => simple(bench.world, command, words);
  call('convertfromraw', raw, disk, '--format', 'VMDK');
  call('createvm', '--basefolder', join(bench.dir, 'theirs'), '--name', 'boot2docker-vm', '--uuid', theirs, '--register');
  call('modifyvm', theirs, '--cpus', '2', '--memory', '2048');
  call('storagectl', theirs, '--name', 'SATA', '--add', 'sata', '--portcount', '2', '--hostiocache', 'on');
  call(
    'storageattach',
    theirs,
    '--storagectl',
    'SATA',
    '--port',
    '0',
    '--device',
    '0',
    '--type',
    'dvddrive',
    '--medium',
    isoOf(bench, 'v1'),
  );
  call('storageattach', theirs, '--storagectl', 'SATA', '--port', '1', '--device', '0', '--type', 'hdd', '--medium', disk);
  mkdirSync(join(bench.dir, '.ssh'));
  writeFileSync(join(bench.dir, '.ssh', 'id_boot2docker'), 'key');
  return disk;
}

describe('virtualbox: boot2docker', () => {
  it('boots the ISO before the disk with the key, and trusts at the first contact', async () => {
    const bench = new Bench();
    await bench.parse({ 'virtualbox-boot2docker-url': isoOf(bench, 'v1'), 'virtualbox-nat-only': true });
    await bench.driver.precheck(bench.data, bench.ctx);
    await bench.create();
    const { machineDir } = bench.ctx;
    const [vm] = Object.values(bench.world.vms);
    expect(vm?.attached).to.deep.equal({ 'SATA-0-0': join(machineDir, 'boot2docker.iso'), 'SATA-1-0': join(machineDir, 'disk.vmdk') });
    expect(vm?.settings).to.include({ boot1: 'dvd' });
    expect(existsSync(join(machineDir, 'known_hosts'))).to.equal(false);
  });

  it('boots a newer ISO after an upgrade, and the former one when that is taken back', async () => {
    const bench = new Bench();
    const iso = isoOf(bench, 'v1');
    await bench.parse({ 'virtualbox-boot2docker-url': iso, 'virtualbox-nat-only': true });
    await bench.create();
    expect(await bench.driver.images?.(bench.data, bench.ctx)).not.to.have.property('newer');
    writeFileSync(iso, isoImage('Boot2Docker-v2', [], new Date(0)));
    const images = await bench.driver.images?.(bench.data, bench.ctx);
    expect([images?.current.version, images?.newer?.version]).to.deep.equal(['v1', 'v2']);
    const booted = () => readFileSync(join(bench.ctx.machineDir, 'boot2docker.iso')).toString('latin1', 0x8028, 0x8036);
    for (const [image, label] of [
      [images?.newer, 'Boot2Docker-v2'],
      [images?.current, 'Boot2Docker-v1'],
    ] as const) {
      if (image) await bench.driver.upgradeImage?.(bench.data, bench.ctx, image);
      expect(booted()).to.equal(label);
    }
  });

  it('has no images for a machine of a cloud image: packages bring its engine', async () => {
    const bench = new Bench();
    await bench.parse();
    expect(await bench.driver.images?.(bench.data, bench.ctx)).to.equal(undefined);
  });
});

describe('virtualbox: a boot2docker VM to import', () => {
  it('gives a copy of its disk, its sizes and its key, and stays as it was', async () => {
    const bench = new Bench();
    const disk = withTheirVm(bench);
    const before = structuredClone(bench.world.vms[theirs]);
    await bench.parse({
      'virtualbox-import-boot2docker-vm': 'boot2docker-vm',
      'virtualbox-boot2docker-url': isoOf(bench, 'v2'),
      'virtualbox-nat-only': true,
    });
    await bench.driver.precheck(bench.data, bench.ctx);
    await bench.create();
    const copy = join(bench.ctx.machineDir, 'disk.vmdk');
    expect(bench.calls).to.include(`clonemedium disk ${disk} ${copy} --format VMDK`);
    expect(bench.data).to.include({
      CPU: 2,
      Memory: 2048,
      SSHKeyPath: join(bench.dir, '.ssh', 'id_boot2docker'),
      Boot2DockerImportVM: 'boot2docker-vm',
    });
    const own = bench.world.vms[String(bench.data['VMId'])];
    expect(own?.attached).to.include({ 'SATA-1-0': copy });
    expect(own?.settings).to.include({ cpus: '2', memory: '2048' });
    expect(bench.calls.filter((call) => call.startsWith('controlvm'))).to.deep.equal([]);
    await bench.driver.remove(bench.data, bench.ctx);
    expect(bench.world.vms).to.deep.equal({ [theirs]: before });
    expect(existsSync(disk)).to.equal(true);
  });

  const rows: [string, (bench: Bench) => void, RegExp, RegExp][] = [
    [
      'that is not there',
      (b) => {
        delete b.world.vms[theirs];
      },
      /^VirtualBox has no VM "boot2docker-vm" to import$/,
      /list vms/,
    ],
    [
      'that runs',
      (b) => {
        Object.assign(b.world.vms[theirs] ?? {}, { state: 'running', pid: process.pid });
      },
      /is not off, and its disk cannot be copied/,
      /controlvm boot2docker-vm acpipowerbutton/,
    ],
    [
      'without a disk',
      (b) => {
        delete b.world.vms[theirs]?.attached['SATA-1-0'];
      },
      /has no disk to import$/,
      /showvminfo boot2docker-vm/,
    ],
    [
      'whose key is gone',
      (b) => {
        b.computer = { ...b.computer, home: join(b.dir, 'elsewhere') };
      },
      /^The key of the VM "boot2docker-vm" is missing: .*id_boot2docker$/,
      /import-boot2docker-vm/,
    ],
  ];
  for (const [what, change, message, hint] of rows) {
    it(`${what} is refused before anything is made`, async () => {
      const bench = new Bench();
      withTheirVm(bench);
      await bench.parse({ 'virtualbox-import-boot2docker-vm': 'boot2docker-vm', 'virtualbox-boot2docker-url': isoOf(bench, 'v2') });
      change(bench);
      const failure = await failureOf(bench.driver.precheck(bench.data, bench.ctx));
      expect(failure.code).to.equal('DRIVER_PRECHECK');
      expect(failure.message).to.match(message);
      expect(failure.hint).to.match(hint);
    });
  }
});
