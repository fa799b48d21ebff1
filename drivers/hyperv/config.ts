import { join } from 'node:path';

import { isoText } from '../../src/guest/boot2docker/source.js';
import { parseImageChoice } from '../../src/guest/image/choice.js';
import { TsmachineError } from '../../src/base/errors.js';
import { baseData, intFlag, numberOf, textFlag, textOf } from '../../src/driver/kit/data.js';
import type { DriverData, ParseInput } from '../../src/driver/contract.js';

/** The `Driver` object of config.json, typed. The first fields are Docker Machine's own. */
export interface HypervConfig {
  readonly machineName: string;
  readonly ip: string;
  readonly sshUser: string;
  readonly sshPort: number;
  readonly sshKeyPath: string;
  /** MB. */
  readonly memory: number;
  readonly cpus: number;
  /** MB. */
  readonly diskSize: number;
  /** A short name, an address with its checksum or a path; empty for a boot2docker guest. */
  readonly image: string;
  readonly isoUrl: string;
  /** The switch that was asked for; once there is a VM, the one that was chosen. */
  readonly virtualSwitch: string;
  /** Twelve hexadecimal digits; empty: Hyper-V chooses. */
  readonly mac: string;
  /** 0: none. */
  readonly vlan: number;
  readonly dynamicMemory: boolean;
  readonly secureBoot: boolean;
  /** In the notes of the VM: the ledger's token, known before there is a VM. Empty for machines of Docker Machine. */
  readonly mark: string;
  /** Hyper-V's id of the VM; empty while there is none. */
  readonly vmId: string;
  /** The guest installs its distribution's engine during its first boot. */
  readonly engineAtBoot: boolean;
  /** The parent of the VM's disk, shared by machines; empty while it has none. */
  readonly baseDisk: string;
  /** The VM has its disks and adapters. */
  readonly built: boolean;
}

/** What the fields may be; sizes in MB. */
export const limits = {
  diskSize: { min: 1, max: 67_108_864 },
  memory: { min: 32, max: 251_658_240 },
  cpus: { min: 1, max: 2048 },
  vlan: { min: 0, max: 4094 },
};

/** @throws TsmachineError FLAG_INVALID */
export function parseConfig(input: ParseInput): DriverData {
  const { flags } = input;
  const isoUrl = isoText(textFlag(flags, 'hyperv-boot2docker-url'));
  return {
    ...baseData(input, { sshUser: 'docker', sshPort: 22, sshKeyPath: join(input.machineDir, 'id_ed25519') }),
    Boot2DockerURL: isoUrl,
    VSwitch: textFlag(flags, 'hyperv-virtual-switch'),
    DiskSize: intFlag(flags, 'hyperv-disk-size', limits.diskSize),
    MemSize: memoryFlag(flags),
    CPU: intFlag(flags, 'hyperv-cpu-count', limits.cpus),
    MacAddr: macFlag(textFlag(flags, 'hyperv-static-macaddress')),
    VLanID: intFlag(flags, 'hyperv-vlan-id', limits.vlan),
    DisableDynamicMemory: flags['hyperv-disable-dynamic-memory'] === true,
    DisableSecureBoot: flags['hyperv-disable-secure-boot'] === true,
    Image: isoUrl === '' ? imageFlag(textFlag(flags, 'hyperv-image') || 'debian') : '',
    Mark: '',
    VMId: '',
    EngineAtBoot: flags['hyperv-engine-at-boot'] === true,
    BaseDisk: '',
    Built: false,
  };
}

export function readConfig(data: DriverData): HypervConfig {
  return {
    machineName: textOf(data, 'MachineName'),
    ip: textOf(data, 'IPAddress'),
    sshUser: textOf(data, 'SSHUser') || 'docker',
    sshPort: numberOf(data, 'SSHPort', 0) || 22,
    sshKeyPath: textOf(data, 'SSHKeyPath'),
    memory: numberOf(data, 'MemSize', 1024),
    cpus: numberOf(data, 'CPU', 1),
    diskSize: numberOf(data, 'DiskSize', 20_000),
    image: textOf(data, 'Image'),
    isoUrl: textOf(data, 'Boot2DockerURL'),
    virtualSwitch: textOf(data, 'VSwitch'),
    mac: textOf(data, 'MacAddr'),
    vlan: numberOf(data, 'VLanID', 0),
    dynamicMemory: data['DisableDynamicMemory'] !== true,
    secureBoot: data['DisableSecureBoot'] !== true,
    mark: textOf(data, 'Mark'),
    vmId: textOf(data, 'VMId'),
    engineAtBoot: data['EngineAtBoot'] === true,
    baseDisk: textOf(data, 'BaseDisk'),
    built: data['Built'] !== false,
  };
}

/** Nothing was asked of Hyper-V for this machine yet. */
export function isUnasked({ mark, vmId, built }: HypervConfig): boolean {
  return mark === '' && vmId === '' && !built;
}

/** Hyper-V takes multiples of 2 MB, at least 32 MB. */
function memoryFlag(flags: ParseInput['flags']): number {
  const memory = intFlag(flags, 'hyperv-memory', limits.memory);
  if (memory % 2 === 0) return memory;
  throw new TsmachineError('FLAG_INVALID', `--hyperv-memory must be an even number of MB, not ${memory}`);
}

function macFlag(text: string): string {
  const digits = text.replace(/[:-]/g, '').toUpperCase();
  // The lowest bit of the first byte marks the addresses of groups.
  if (text === '' || /^[0-9A-F][02468ACE][0-9A-F]{10}$/.test(digits)) return digits;
  throw new TsmachineError('FLAG_INVALID', `--hyperv-static-macaddress ${JSON.stringify(text)} is not the MAC address of an adapter`, {
    hint: 'Such as 00:15:5D:01:02:03',
  });
}

/** A path is made absolute: a create that is resumed may run in another folder. */
function imageFlag(text: string): string {
  const choice = parseImageChoice(text, 'hyperv-image');
  return choice.kind === 'file' ? choice.path : text;
}
