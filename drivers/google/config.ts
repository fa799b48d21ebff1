import type { DriverData } from '../../src/driver/contract.js';
import { ownOf, wordsOf } from '../../src/driver/kit/cloud/flags/own.js';
import { numberOf, textOf } from '../../src/driver/kit/data.js';

/** A machine's data with types: Docker Machine's fields and rancher-machine's, and in `own` what only tsmachine knows. */
export interface Config {
  readonly machineName: string;
  readonly project: string;
  /** Where it is; before it is made, what was wanted first. */
  readonly zone: string;
  /** What it runs on; before it is made, what was wanted first. */
  readonly machineType: string;
  /** `PROJECT/global/images/NAME`: what was taken or asked for; a family may stand for it. */
  readonly machineImage: string;
  readonly diskType: string;
  /** GB. */
  readonly diskSize: number;
  /** `new`, the name of an address or the address; empty: one that changes. */
  readonly address: string;
  readonly network: string;
  readonly subnetwork: string;
  readonly preemptible: boolean;
  /** The machine is reached by its internal address. */
  readonly reachedPrivately: boolean;
  /** No external address. */
  readonly privateOnly: boolean;
  readonly serviceAccount: string;
  readonly scopes: readonly string[];
  /** The user's network tags. */
  readonly tags: readonly string[];
  readonly useExisting: boolean;
  /** `80`, `53/udp`. */
  readonly openPorts: readonly string[];
  /** A path; empty: none. */
  readonly userDataFile: string;
  readonly ip: string;
  readonly sshUser: string;
  readonly sshPort: number;
  readonly sshKeyPath: string;
  readonly externalRulePrefix: string;
  readonly internalRulePrefix: string;
  readonly labels: readonly Label[];
  readonly own: Own;
}

/** What Docker Machine's fields cannot hold. It lies beside config.json, see docs/architecture.md. */
export interface Own {
  readonly impersonated: string;
  readonly endpoint: string;
  readonly retries: number;
  /** In order of preference; empty: every zone of the default region. */
  readonly zones: readonly string[];
  /** `ubuntu`, `debian:13`; empty when a certain image was asked for. */
  readonly image: string;
  /** In order of preference; never empty. */
  readonly machineTypes: readonly string[];
  /** GB; 0: as much as the image needs, at least `defaultDiskSize`. */
  readonly diskSize: number;
  /** Empty: what the machine type takes. */
  readonly diskType: string;
  /** 0: the type's default. */
  readonly diskIops: number;
  /** MB/s; 0: the type's default. */
  readonly diskThroughput: number;
  readonly diskKmsKey: string;
  /** `TYPE:COUNT`; empty: none. */
  readonly accelerator: string;
  readonly minCpuPlatform: string;
  readonly secureBoot: boolean;
  readonly deletionProtection: boolean;
  readonly engineAtBoot: boolean;
  readonly spot: boolean;
  readonly spotFallback: boolean;
  readonly networkTier: string;
  readonly ipv6: boolean;
  /** Networks in CIDR form; empty: this computer's public address. */
  readonly allowedCidrs: readonly string[];
  readonly addressLookup: string;
  readonly firewallReadonly: boolean;
  /** Google's number of the VM: one that is made later by hand has the same name. Empty while there is none. */
  readonly instanceId: string;
  readonly internalIp: string;
  /** The network in full, once it is known: a subnetwork may be of another project. */
  readonly network: string;
}

export interface Label {
  readonly key: string;
  readonly value: string;
}

export const defaultZone = 'us-central1-a';
/** Docker Machine's, and for regions that have it no more, the nearest one of today. */
export const defaultTypes = ['n1-standard-1', 'e2-medium'];
/** GB, as in Docker Machine. */
export const defaultDiskSize = 10;
export const defaultUser = 'docker-user';

export function readConfig(data: DriverData): Config {
  return {
    machineName: textOf(data, 'MachineName'),
    project: textOf(data, 'Project'),
    zone: textOf(data, 'Zone') || defaultZone,
    machineType: textOf(data, 'MachineType'),
    machineImage: textOf(data, 'MachineImage'),
    diskType: textOf(data, 'DiskType'),
    diskSize: numberOf(data, 'DiskSize', defaultDiskSize),
    address: textOf(data, 'Address'),
    network: textOf(data, 'Network') || 'default',
    subnetwork: textOf(data, 'Subnetwork'),
    preemptible: data['Preemptible'] === true,
    reachedPrivately: data['UseInternalIP'] === true || data['UseInternalIPOnly'] === true,
    privateOnly: data['UseInternalIPOnly'] === true,
    serviceAccount: textOf(data, 'ServiceAccount') || 'default',
    scopes: partsOf(textOf(data, 'Scopes')),
    tags: partsOf(textOf(data, 'Tags')),
    useExisting: data['UseExisting'] === true,
    openPorts: wordsOf(data['OpenPorts']),
    userDataFile: textOf(data, 'Userdata'),
    ip: textOf(data, 'IPAddress'),
    sshUser: textOf(data, 'SSHUser') || defaultUser,
    sshPort: numberOf(data, 'SSHPort', 22) || 22,
    sshKeyPath: textOf(data, 'SSHKeyPath'),
    externalRulePrefix: textOf(data, 'ExternalFirewallRulePrefix'),
    internalRulePrefix: textOf(data, 'InternalFirewallRulePrefix'),
    labels: pairsOf(textOf(data, 'VMLabels')),
    own: readOwn(data),
  };
}

/** For data without it, as Docker Machine writes: what its fields amount to. */
function readOwn(data: DriverData): Own {
  const own = ownOf(data);
  const types = wordsOf(own['machineTypes']);
  const type = textOf(data, 'MachineType');
  return {
    impersonated: textOf(own, 'impersonated'),
    endpoint: textOf(own, 'endpoint'),
    retries: numberOf(own, 'retries', 5),
    zones: wordsOf(own['zones']),
    image: textOf(own, 'image'),
    machineTypes: types.length > 0 ? types : type === '' ? defaultTypes : [type],
    diskSize: numberOf(own, 'diskSize', 0),
    diskType: textOf(own, 'diskType'),
    diskIops: numberOf(own, 'diskIops', 0),
    diskThroughput: numberOf(own, 'diskThroughput', 0),
    diskKmsKey: textOf(own, 'diskKmsKey'),
    accelerator: textOf(own, 'accelerator'),
    minCpuPlatform: textOf(own, 'minCpuPlatform'),
    secureBoot: own['secureBoot'] === true,
    deletionProtection: own['deletionProtection'] === true,
    engineAtBoot: own['engineAtBoot'] === true,
    spot: own['spot'] === true,
    spotFallback: own['spotFallback'] === true,
    networkTier: textOf(own, 'networkTier'),
    ipv6: own['ipv6'] === true,
    allowedCidrs: wordsOf(own['allowedCidrs']),
    addressLookup: textOf(own, 'addressLookup'),
    firewallReadonly: own['firewallReadonly'] === true,
    instanceId: textOf(own, 'instanceId'),
    internalIp: textOf(own, 'internalIp'),
    network: textOf(own, 'network'),
  };
}

/** `key1,value1,key2,value2` as pairs; a last key without a value is left out. */
export function pairsOf(text: string): readonly Label[] {
  const words = text === '' ? [] : text.split(',');
  return words.flatMap((key, i) => (i % 2 === 0 && words[i + 1] !== undefined ? [{ key, value: words[i + 1] ?? '' }] : []));
}

function partsOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** `europe-west1-b` is in `europe-west1`. */
export function regionOf(zone: string): string {
  return zone.replace(/-[a-z]+$/, '');
}

/** The last part of a URL or path of Google's. */
export function lastOf(url = ''): string {
  return url.slice(url.lastIndexOf('/') + 1);
}
