import { join } from 'node:path';

import type { VirtualboxConfig } from '../config.js';
import type { Owner } from '../../../src/driver/contract.js';
import { labelCommands, macAddresses } from './identity.js';
import type { Share } from '../disks/share.js';

export interface Blueprint {
  readonly config: VirtualboxConfig;
  readonly owner: Owner;
  readonly machineDir: string;
  readonly cpus: number;
  readonly arm: boolean;
  /** Drives in the order of their SATA ports; the guest boots from the first. */
  readonly drives: readonly Drive[];
  readonly share: Share | undefined;
}

export interface Drive {
  readonly type: 'hdd' | 'dvddrive';
  readonly path: string;
}

/** The commands that make a VM of a blueprint, in order, but for its host-only adapter and forwarded ports. Pure. */
export function buildCommands(plan: Blueprint): string[][] {
  const { config, owner, drives, share } = plan;
  const { vmId } = config;
  return [
    createCommand(plan),
    ...labelCommands(vmId, owner),
    ['modifyvm', vmId, ...hardware(plan)],
    [
      'modifyvm',
      vmId,
      '--nic1',
      'nat',
      '--nic-type1',
      config.natNicType,
      '--cable-connected1',
      'on',
      '--mac-address1',
      macAddresses(vmId).nat,
    ],
    ['storagectl', vmId, '--name', 'SATA', '--add', 'sata', '--portcount', String(drives.length), '--hostiocache', 'on'],
    ...drives.map(({ type, path }, port) => [
      'storageattach',
      vmId,
      '--storagectl',
      'SATA',
      '--port',
      String(port),
      '--device',
      '0',
      '--type',
      type,
      '--medium',
      path,
    ]),
    ...(share === undefined ? [] : shareCommands(vmId, share)),
  ];
}

function createCommand({ config, machineDir, arm }: Blueprint): string[] {
  return [
    'createvm',
    '--basefolder',
    machineDir,
    '--name',
    config.machineName,
    '--uuid',
    config.vmId,
    ...(arm ? ['--platform-architecture', 'arm'] : []),
    '--ostype',
    arm ? 'Debian_arm64' : 'Linux26_64',
    '--register',
  ];
}

function hardware(plan: Blueprint): string[] {
  const { config, machineDir, cpus, arm, drives } = plan;
  const common = [
    '--cpus',
    String(cpus),
    '--memory',
    String(config.memory),
    '--acpi',
    'on',
    '--rtc-use-utc',
    'on',
    '--nat-dns-host-resolver1',
    onOff(config.hostDnsResolver),
    '--nat-dns-proxy1',
    onOff(config.dnsProxy),
    '--bios-logo-fade-in',
    'off',
    '--bios-logo-fade-out',
    'off',
    '--bios-logo-display-time',
    '0',
    '--bios-boot-menu',
    'disabled',
    '--accelerate-3d',
    'off',
    '--boot1',
    drives[0]?.type === 'dvddrive' ? 'dvd' : 'disk',
    '--boot2',
    'none',
    '--boot3',
    'none',
    '--boot4',
    'none',
  ];
  if (arm) return ['--firmware', 'efi', ...common];
  return [
    '--firmware',
    'bios',
    ...common,
    '--ioapic',
    'on',
    '--cpu-hotplug',
    'off',
    '--pae',
    'on',
    '--hpet',
    'on',
    '--hwvirtex',
    'on',
    '--nested-paging',
    'on',
    '--large-pages',
    'on',
    '--vtx-vpid',
    'on',
    // Cloud images print their boot on the first serial port; without one Ubuntu's waits for it.
    ...(config.image === '' ? [] : ['--uart1', '0x3F8', '4', '--uart-mode1', 'file', consoleLogOf(machineDir)]),
  ];
}

/** What a cloud image prints while it boots. */
export function consoleLogOf(machineDir: string): string {
  return join(machineDir, 'console.log');
}

function shareCommands(vmId: string, { name, path }: Share): string[][] {
  return [
    ['guestproperty', 'set', vmId, '/VirtualBox/GuestAdd/SharedFolders/MountPrefix', '/'],
    ['guestproperty', 'set', vmId, '/VirtualBox/GuestAdd/SharedFolders/MountDir', '/'],
    ['sharedfolder', 'add', vmId, '--name', name, '--hostpath', path, '--automount'],
    ['setextradata', vmId, `VBoxInternal2/SharedFoldersEnableSymlinksCreate/${name}`, '1'],
  ];
}

function onOff(value: boolean): string {
  return value ? 'on' : 'off';
}
