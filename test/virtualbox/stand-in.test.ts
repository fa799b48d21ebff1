import { spawnSync } from 'node:child_process';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';

import { skip } from '../helpers/skip.js';
import { StandIn } from '../stand-ins/virtualbox/index.js';
import { RealVirtualBox, ensureRoot, obstacle } from './real.js';

const id = '5a1d6a20-4669-415a-8a1d-6a2046691501';
const other = '6a1d6a20-4669-415a-8a1d-6a2046691502';
const network = 'HostInterfaceNetworking-vboxnet5';
const server = [
  '--netname',
  network,
  '--ip',
  '192.168.60.2',
  '--netmask',
  '255.255.255.0',
  '--lowerip',
  '192.168.60.100',
  '--upperip',
  '192.168.60.254',
  '--enable',
];

/** Calls in order; DIR is a folder that both see. */
const calls = [
  ['list', 'vms'],
  ['showvminfo', 'nobody', '--machinereadable'],
  ['showvminfo', id, '--machinereadable'],
  ['controlvm', 'nobody', 'poweroff'],
  ['unregistervm', id],
  ['createvm', '--basefolder', 'DIR/m', '--name', 'm', '--uuid', id, '--ostype', 'Linux26_64', '--register'],
  ['createvm', '--basefolder', 'DIR/m', '--name', 'm', '--uuid', other, '--ostype', 'Linux26_64', '--register'],
  ['createvm', '--basefolder', 'DIR/n', '--name', 'n', '--uuid', id, '--ostype', 'Linux26_64', '--register'],
  ['list', 'vms'],
  ['modifyvm', id, '--cpus', '100'],
  ['modifyvm', id, '--memory', '1'],
  ['modifyvm', id, '--cpus', '2', '--memory', '512', '--boot1', 'disk'],
  ['modifyvm', id, '--nat-pf1', 'delete', 'ssh'],
  ['modifyvm', id, '--nat-pf1', 'ssh,tcp,127.0.0.1,35623,,22'],
  ['modifyvm', id, '--nat-pf1', 'ssh,tcp,127.0.0.1,35624,,22'],
  ['modifyvm', id, '--natpf1', 'docker,tcp,127.0.0.1,35623,,22'],
  ['modifyvm', id, '--natpf1', 'docker,tcp,127.0.0.1,35625,,35625'],
  ['storagectl', id, '--name', 'SATA', '--add', 'sata', '--portcount', '2', '--hostiocache', 'on'],
  ['storagectl', id, '--name', 'SATA', '--add', 'sata', '--portcount', '2', '--hostiocache', 'on'],
  ['convertfromraw', 'DIR/none.raw', 'DIR/x.vdi', '--format', 'VDI'],
  ['convertfromraw', 'DIR/base.raw', 'DIR/base.vdi', '--format', 'VDI'],
  ['createmedium', 'disk', '--filename', 'DIR/disk.vdi', '--diffparent', 'DIR/base.vdi'],
  ['createmedium', 'disk', '--filename', 'DIR/disk.vdi', '--diffparent', 'DIR/base.vdi'],
  ['showmediuminfo', 'disk', 'DIR/base.vdi'],
  ['modifymedium', 'disk', 'DIR/disk.vdi', '--resize', '500'],
  ['storageattach', id, '--storagectl', 'IDE', '--port', '0', '--device', '0', '--type', 'hdd', '--medium', 'DIR/disk.vdi'],
  ['storageattach', id, '--storagectl', 'SATA', '--port', '0', '--device', '0', '--type', 'hdd', '--medium', 'DIR/disk.vdi'],
  ['storageattach', id, '--storagectl', 'SATA', '--port', '1', '--device', '0', '--type', 'dvddrive', '--medium', 'DIR/none.iso'],
  ['closemedium', 'disk', 'DIR/base.vdi'],
  ['closemedium', 'disk', 'DIR/disk.vdi', '--delete'],
  ['controlvm', id, 'acpipowerbutton'],
  ['controlvm', id, 'poweroff'],
  ['setextradata', id, 'tsmachine/machine', id],
  ['getextradata', id, 'tsmachine/machine'],
  ['getextradata', id, 'nothing'],
  ['getextradata', 'global', 'tsmachine/hostonly/x'],
  ['setextradata', 'global', 'tsmachine/hostonly/x', '1'],
  ['getextradata', 'global', 'tsmachine/hostonly/x'],
  ['getextradata', 'global', 'enumerate'],
  ['setextradata', 'global', 'tsmachine/hostonly/x'],
  ['getextradata', 'global', 'tsmachine/hostonly/x'],
  ['guestproperty', 'get', id, '/VirtualBox/GuestInfo/Net/1/V4/IP'],
  ['dhcpserver', 'add', ...server],
  ['dhcpserver', 'add', ...server],
  ['dhcpserver', 'modify', ...server],
  ['dhcpserver', 'remove', '--netname', network],
  ['dhcpserver', 'remove', '--netname', network],
  ['unregistervm', id],
  ['closemedium', 'disk', 'DIR/disk.vdi', '--delete'],
  ['closemedium', 'disk', 'DIR/base.vdi'],
  ['list', 'hdds'],
  ['unregistervm', id],
];

describe('the stand-in for VBoxManage', () => {
  let real: RealVirtualBox | undefined;
  let standIn: StandIn;

  before(async function () {
    const why = obstacle();
    if (why !== undefined) skip(this, why);
    this.timeout(25 * 60_000);
    ensureRoot();
    real = await RealVirtualBox.open();
    standIn = await StandIn.open(real.dir);
  });
  after(() => {
    real?.close();
  });

  it('answers as the real one does: status, complaint, and what is read from its output', () => {
    const virtualbox = real;
    if (!virtualbox) throw new Error('there is no VirtualBox');
    const folders = { real: join(virtualbox.dir, 'real'), standIn: join(virtualbox.dir, 'stand-in') };
    for (const folder of Object.values(folders)) {
      mkdirSync(folder);
      writeFileSync(join(folder, 'base.raw'), 'x');
      truncateSync(join(folder, 'base.raw'), 2 ** 20);
    }
    const answers = (dir: string, call: (args: string[]) => { status: number | null; stdout: string; stderr: string }) =>
      calls.map((words) => {
        const { status, stdout, stderr } = call(words.map((word) => word.replace('DIR', dir)));
        const said = `${stdout}${stderr}`
          .replaceAll(dir, 'DIR')
          .replace(/medium with UUID \{[^}]*\}/, 'medium')
          .replace(/\('[^']*VirtualBox\.xml'\)/, '(list)');
        const complaint = /^VBoxManage: error: (.*)$/m.exec(said)?.[1];
        const read = /^(Key: tsmachine.*|Value: .*|No value set!|"m" \{.*|Capacity: .*)$/m.exec(said)?.[1];
        return [words.join(' '), status, complaint ?? read ?? ''];
      });
    const program = join(standIn.home, 'bin', 'VBoxManage');
    expect(answers(folders.standIn, (args) => spawnSync(program, args, { encoding: 'utf8' }))).to.deep.equal(
      answers(folders.real, (args) => virtualbox.call(...args)),
    );
  });
});
