import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
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
  ['list', '--long', 'vms'],
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
  ['setextradata', id, 'tsmachine/owner-store', other],
  ['getextradata', id, 'enumerate'],
  ['modifyvm', id, '--nic2', 'hostonly', '--host-only-adapter2', 'vboxnet0'],
  ['sharedfolder', 'add', id, '--name', 'tmp', '--hostpath', '/var/tmp', '--automount'],
  ['list', '--long', 'vms'],
  ['unregistervm', id],
  ['closemedium', 'disk', 'DIR/disk.vdi', '--delete'],
  ['closemedium', 'disk', 'DIR/base.vdi'],
  ['list', 'hdds'],
  ['unregistervm', id],
];

/** What both answer of a VM whose folder was deleted, when VirtualBox's service has started again. */
const callsWithoutFolder = [
  ['list', 'vms'],
  ['list', '--long', 'vms'],
  ['showvminfo', id, '--machinereadable'],
  ['getextradata', id, 'enumerate'],
  ['setextradata', id, 'a', 'b'],
  ['controlvm', id, 'poweroff'],
  ['unregistervm', id],
  ['list', 'vms'],
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
    const answers = (dir: string, all: readonly string[][], call: (args: string[]) => Answer) =>
      all.map((words) => {
        const { status, stdout, stderr } = call(words.map((word) => word.replace('DIR', dir)));
        const said = `${stdout}${stderr}`
          .replaceAll(dir, 'DIR')
          .replace(/medium with UUID \{[^}]*\}/, 'medium')
          .replace(/\('[^']*VirtualBox\.xml'\)/, '(list)');
        const complaint = /^VBoxManage: error: (.*)$/m.exec(said)?.[1];
        const read = /^(Key: tsmachine.*|Value: .*|No value set!|"m" \{.*|"<inaccessible>" \{.*|Capacity: .*)$/m.exec(said)?.[1];
        return [words.join(' '), status, complaint ?? read ?? '', words.includes('--long') ? listed(said) : []];
      });
    const program = join(standIn.home, 'bin', 'VBoxManage');
    const ofStandIn = (args: string[]) => spawnSync(program, args, { encoding: 'utf8' });
    const ofReal = (args: string[]) => virtualbox.call(...args);
    const same = (all: readonly string[][]) => {
      expect(answers(folders.standIn, all, ofStandIn)).to.deep.equal(answers(folders.real, all, ofReal));
    };
    same(calls);
    same([['createvm', '--basefolder', 'DIR/gone', '--name', 'gone', '--uuid', id, '--ostype', 'Linux26_64', '--register']]);
    for (const folder of Object.values(folders)) rmSync(join(folder, 'gone'), { recursive: true });
    same([
      ['getextradata', id, 'enumerate'],
      ['list', 'vms'],
    ]);
    virtualbox.forget();
    standIn.restart();
    same(callsWithoutFolder);
  });
});

interface Answer {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The lines of `list --long vms` that the driver reads. */
function listed(output: string): string[] {
  return output.split('\n').flatMap((line) => {
    if (line.startsWith('NIC 2:')) return /Attachment: [^,]*/.exec(line)?.[0] ?? [];
    return /^(Name|UUID|Config file|State):/.test(line) ? line.replace(/\s+/g, ' ').replace(/ \(since .*/, '') : [];
  });
}
