import { join } from 'node:path';

import { isoText } from '../../src/guest/boot2docker/source.js';
import { parseImageChoice } from '../../src/guest/image/choice.js';
import { TsmachineError } from '../../src/base/errors.js';
import { baseData, intFlag, numberOf, textFlag, textOf } from '../../src/driver/kit/data.js';
import type { DriverData, ParseInput } from '../../src/driver/contract.js';
import { nicTypes, promiscuousModes, uiTypes } from './choices.js';
import { parseHostCidr } from './network/host-cidr.js';

/** The `Driver` object of config.json, typed. The first fields are Docker Machine's (see docs/compatibility.md: The virtualbox driver). */
export interface VirtualboxConfig {
  readonly machineName: string;
  readonly ip: string;
  readonly sshUser: string;
  readonly sshPort: number;
  readonly sshKeyPath: string;
  /** -1: as many as the computer has. */
  readonly cpus: number;
  /** MB. */
  readonly memory: number;
  /** MB. */
  readonly diskSize: number;
  /** A short name, an address with its checksum or a path; empty for a boot2docker guest. */
  readonly image: string;
  /** Path, URL or URL of a list of releases; empty: boot2docker's own releases. */
  readonly isoUrl: string;
  /** A boot2docker VM of somebody else whose disk the machine gets a copy of; empty: none. */
  readonly importVm: string;
  readonly natNicType: string;
  readonly natOnly: boolean;
  readonly hostOnlyCidr: string;
  readonly hostOnlyNicType: string;
  readonly hostOnlyPromiscuous: string;
  readonly hostOnlyNoDhcp: boolean;
  readonly hostDnsResolver: boolean;
  readonly dnsProxy: boolean;
  readonly uiType: string;
  readonly noShare: boolean;
  readonly shareFolder: string;
  readonly noVtxCheck: boolean;
  /** The VM's UUID, chosen by us; empty for machines of Docker Machine, which know their VM by name. */
  readonly vmId: string;
  /** The guest's own packages bring the engine during its first boot. */
  readonly engineAtBoot: boolean;
  /** The disk below the VM's own, shared by machines; empty while it has none. */
  readonly baseDisk: string;
  /** The VM has its disks and adapters. */
  readonly built: boolean;
  /** Nat-only: the engine's port, the same here and in the guest; 0 while it has none. */
  readonly enginePort: number;
}

export const defaultCidr = '192.168.99.1/24';
/** Memory and disks in MB. */
export const limits = {
  cpus: { min: -1, max: 64 },
  memory: { min: 4, max: 2_097_152 },
  diskSize: { min: 1, max: 2_097_152 },
} as const;

/** @throws TsmachineError FLAG_INVALID */
export function parseConfig(input: ParseInput): DriverData {
  const { flags } = input;
  const isoUrl = isoText(textFlag(flags, 'virtualbox-boot2docker-url'));
  const importVm = textFlag(flags, 'virtualbox-import-boot2docker-vm');
  refuseOption('virtualbox-import-boot2docker-vm', importVm);
  refuseOption('virtualbox-share-folder', textFlag(flags, 'virtualbox-share-folder'));
  const image = isoUrl === '' && importVm === '' ? imageFlag(textFlag(flags, 'virtualbox-image') || 'debian') : '';
  parseHostCidr(textFlag(flags, 'virtualbox-hostonly-cidr'));
  return {
    ...baseData(input, { sshUser: 'docker', sshPort: 0, sshKeyPath: join(input.machineDir, 'id_ed25519') }),
    VBoxManager: {},
    HostInterfaces: {},
    CPU: intFlag(flags, 'virtualbox-cpu-count', limits.cpus),
    Memory: intFlag(flags, 'virtualbox-memory', limits.memory),
    DiskSize: intFlag(flags, 'virtualbox-disk-size', limits.diskSize),
    NatNicType: oneOf(flags, 'virtualbox-nat-nictype', nicTypes),
    Boot2DockerURL: isoUrl,
    Boot2DockerImportVM: importVm,
    HostDNSResolver: flags['virtualbox-host-dns-resolver'] === true,
    HostOnlyCIDR: textFlag(flags, 'virtualbox-hostonly-cidr'),
    HostOnlyNicType: oneOf(flags, 'virtualbox-hostonly-nictype', nicTypes),
    HostOnlyPromiscMode: oneOf(flags, 'virtualbox-hostonly-nicpromisc', promiscuousModes),
    UIType: oneOf(flags, 'virtualbox-ui-type', uiTypes),
    HostOnlyNoDHCP: flags['virtualbox-hostonly-no-dhcp'] === true,
    NoShare: flags['virtualbox-no-share'] === true,
    DNSProxy: flags['virtualbox-no-dns-proxy'] !== true,
    NoVTXCheck: flags['virtualbox-no-vtx-check'] === true,
    ShareFolder: textFlag(flags, 'virtualbox-share-folder'),
    Image: image,
    NatOnly: flags['virtualbox-nat-only'] === true,
    VMId: '',
    EngineAtBoot: flags['virtualbox-engine-at-boot'] === true,
    BaseDisk: '',
    Built: false,
    EnginePort: 0,
  };
}

export function readConfig(data: DriverData): VirtualboxConfig {
  return {
    machineName: textOf(data, 'MachineName'),
    ip: textOf(data, 'IPAddress'),
    sshUser: textOf(data, 'SSHUser') || 'docker',
    sshPort: numberOf(data, 'SSHPort', 0),
    sshKeyPath: textOf(data, 'SSHKeyPath'),
    cpus: numberOf(data, 'CPU', 1),
    memory: numberOf(data, 'Memory', 1024),
    diskSize: numberOf(data, 'DiskSize', 20_000),
    image: textOf(data, 'Image'),
    isoUrl: textOf(data, 'Boot2DockerURL'),
    importVm: textOf(data, 'Boot2DockerImportVM'),
    natNicType: textOf(data, 'NatNicType') || '82540EM',
    natOnly: data['NatOnly'] === true,
    hostOnlyCidr: textOf(data, 'HostOnlyCIDR') || defaultCidr,
    hostOnlyNicType: textOf(data, 'HostOnlyNicType') || '82540EM',
    hostOnlyPromiscuous: textOf(data, 'HostOnlyPromiscMode') || 'deny',
    hostOnlyNoDhcp: data['HostOnlyNoDHCP'] === true,
    hostDnsResolver: data['HostDNSResolver'] === true,
    dnsProxy: data['DNSProxy'] !== false,
    uiType: textOf(data, 'UIType') || 'headless',
    noShare: data['NoShare'] === true,
    shareFolder: textOf(data, 'ShareFolder'),
    noVtxCheck: data['NoVTXCheck'] === true,
    vmId: textOf(data, 'VMId'),
    engineAtBoot: data['EngineAtBoot'] === true,
    baseDisk: textOf(data, 'BaseDisk'),
    built: data['Built'] !== false,
    enginePort: numberOf(data, 'EnginePort', 0),
  };
}

/** A path is kept absolute: an interrupted create may be continued from another folder. */
function imageFlag(text: string): string {
  const choice = parseImageChoice(text, 'virtualbox-image');
  return choice.kind === 'file' ? choice.path : text;
}

/** A name or path that VBoxManage would take for an option. */
function refuseOption(name: string, text: string): void {
  if (!text.startsWith('-')) return;
  throw new TsmachineError('FLAG_INVALID', `--${name} ${JSON.stringify(text)} begins with "-"`);
}

function oneOf(flags: ParseInput['flags'], name: string, words: readonly string[]): string {
  const text = textFlag(flags, name);
  if (words.includes(text)) return text;
  throw new TsmachineError('FLAG_INVALID', `--${name} must be one of ${words.join(', ')}, not ${JSON.stringify(text)}`);
}
