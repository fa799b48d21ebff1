import type { DriverData } from '../../src/driver/contract.js';
import { numberOf, textOf } from '../../src/driver/kit/data.js';
import { ownOf, wordsOf } from '../../src/driver/kit/cloud/flags/own.js';
import { usualCloud } from './call/clouds.js';

/** A machine's data with types: Docker Machine's fields and rancher-machine's, and in `own` what only tsmachine knows. */
export interface Config {
  readonly machineName: string;
  readonly subscription: string;
  readonly tenant: string;
  readonly environment: string;
  readonly location: string;
  /** Empty: the store's. */
  readonly resourceGroup: string;
  /** What it runs on; before it is made, what was wanted first. */
  readonly size: string;
  /** What was asked for; the image's URN once it was chosen. */
  readonly image: string;
  /** `publisher:product:plan`; empty: the image's. */
  readonly plan: string;
  /** `[group:]name`; empty: the store's. */
  readonly virtualNetwork: string;
  /** Empty: the store's, or the first of a network. */
  readonly subnet: string;
  readonly subnetPrefix: string;
  /** A name or an id; empty: the store's. */
  readonly securityGroup: string;
  /** Empty: none. */
  readonly availabilitySet: string;
  readonly faultDomains: number;
  readonly updateDomains: number;
  readonly storageType: string;
  readonly openPorts: readonly string[];
  readonly publicIp: string;
  /** The one that was asked for; empty: any. */
  readonly privateIp: string;
  readonly reachedPrivately: boolean;
  readonly noPublicIp: boolean;
  readonly dnsLabel: string;
  readonly customDataFile: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly zone: string;
  /** Sizes without it are refused. */
  readonly accelerated: boolean;
  readonly encryptionAtHost: boolean;
  readonly sshUser: string;
  readonly sshPort: number;
  readonly sshKeyPath: string;
  readonly dockerPort: number;
  readonly own: Own;
}

/** What Docker Machine's fields cannot hold. It lies beside config.json, see docs/architecture.md. */
export interface Own {
  /** Of Azure Resource Manager and of who gives tokens; empty: the cloud's. */
  readonly endpoint: string;
  readonly authority: string;
  readonly retries: number;
  /** In order of preference; never empty. */
  readonly sizes: readonly string[];
  /** In order of preference; empty: wherever Azure has room. */
  readonly zones: readonly string[];
  /** GB; 0: the image's. */
  readonly diskSize: number;
  readonly ephemeralDisk: boolean;
  readonly proximityGroup: string;
  /** `system`, or ids. */
  readonly identities: readonly string[];
  readonly spot: boolean;
  /** Dollars per hour; empty: up to the price on demand. */
  readonly spotPrice: string;
  readonly spotFallback: boolean;
  readonly evictionPolicy: string;
  readonly engineAtBoot: boolean;
  /** Networks in CIDR form; empty: this computer's public address. */
  readonly allowedCidrs: readonly string[];
  readonly addressLookup: string;
  /** The user's own private key; empty: one of the machine's own. */
  readonly keyPath: string;
  /** Ids of what the machine has; empty while it has none. */
  readonly vmId: string;
  readonly interfaceId: string;
  readonly addressId: string;
  readonly groupId: string;
  readonly subnetId: string;
  /** The private address that it has, and the DNS name of its public one. */
  readonly privateIp: string;
  readonly fqdn: string;
  /** It was stopped by us: Azure did not take it back. */
  readonly stopped: boolean;
  /** ISO 8601: when it was made; empty while there is none. */
  readonly madeAt: string;
}

export const defaultSizes = ['Standard_B2als_v2', 'Standard_B2s_v2', 'Standard_D2as_v5'] as const;

export function readConfig(data: DriverData): Config {
  return {
    machineName: textOf(data, 'MachineName'),
    subscription: textOf(data, 'SubscriptionID'),
    tenant: textOf(data, 'TenantID'),
    environment: textOf(data, 'Environment') || usualCloud,
    location: textOf(data, 'Location'),
    resourceGroup: textOf(data, 'ResourceGroup'),
    size: textOf(data, 'Size'),
    image: textOf(data, 'Image'),
    plan: textOf(data, 'Plan'),
    virtualNetwork: textOf(data, 'VirtualNetwork'),
    subnet: textOf(data, 'SubnetName'),
    subnetPrefix: textOf(data, 'SubnetPrefix') || '192.168.0.0/16',
    securityGroup: textOf(data, 'NSG'),
    availabilitySet: textOf(data, 'AvailabilitySet'),
    faultDomains: numberOf(data, 'FaultCount', 3),
    updateDomains: numberOf(data, 'UpdateCount', 5),
    storageType: textOf(data, 'StorageType') || 'StandardSSD_LRS',
    openPorts: wordsOf(data['OpenPorts']),
    publicIp: textOf(data, 'IPAddress'),
    privateIp: textOf(data, 'PrivateIPAddr'),
    reachedPrivately: data['UsePrivateIP'] === true || data['NoPublicIP'] === true,
    noPublicIp: data['NoPublicIP'] === true,
    dnsLabel: textOf(data, 'DNSLabel'),
    customDataFile: textOf(data, 'CustomDataFile'),
    tags: tagsIn(data['Tags']),
    zone: textOf(data, 'AvailabilityZone'),
    accelerated: data['AcceleratedNetworking'] === true,
    encryptionAtHost: data['EncryptionAtHost'] === true,
    sshUser: textOf(data, 'SSHUser') || 'docker-user',
    sshPort: numberOf(data, 'SSHPort', 22) || 22,
    sshKeyPath: textOf(data, 'SSHKeyPath'),
    dockerPort: numberOf(data, 'DockerPort', 2376) || 2376,
    own: readOwn(data),
  };
}

/** For data without it, as Docker Machine writes: what its fields and its names amount to. */
function readOwn(data: DriverData): Own {
  const own = ownOf(data);
  const [sizes, zone] = [wordsOf(own['sizes']), textOf(data, 'AvailabilityZone')];
  const isForeign = own['vmId'] === undefined; // also when something else of ours was kept since
  return {
    endpoint: textOf(own, 'endpoint'),
    authority: textOf(own, 'authority'),
    retries: numberOf(own, 'retries', 5),
    sizes: sizes.length > 0 ? sizes : [textOf(data, 'Size') || defaultSizes[0]],
    zones: own['zones'] === undefined && zone !== '' ? [zone] : wordsOf(own['zones']),
    diskSize: numberOf(own, 'diskSize', 0),
    ephemeralDisk: own['ephemeralDisk'] === true,
    proximityGroup: textOf(own, 'proximityGroup'),
    identities: wordsOf(own['identities']),
    spot: own['spot'] === true,
    spotPrice: textOf(own, 'spotPrice'),
    spotFallback: own['spotFallback'] === true,
    evictionPolicy: textOf(own, 'evictionPolicy') || 'Deallocate',
    engineAtBoot: own['engineAtBoot'] === true,
    allowedCidrs: wordsOf(own['allowedCidrs']),
    addressLookup: textOf(own, 'addressLookup'),
    keyPath: textOf(own, 'keyPath'),
    ...(isForeign ? foreignIds(data) : idsIn(own)),
    privateIp: textOf(own, 'privateIp'),
    fqdn: textOf(own, 'fqdn'),
    stopped: own['stopped'] === true,
    madeAt: textOf(own, 'madeAt'),
  };
}

type Ids = Pick<Own, 'vmId' | 'interfaceId' | 'addressId' | 'groupId' | 'subnetId'>;

function idsIn(own: DriverData): Ids {
  const [vmId, interfaceId, addressId] = [textOf(own, 'vmId'), textOf(own, 'interfaceId'), textOf(own, 'addressId')];
  return { vmId, interfaceId, addressId, groupId: textOf(own, 'groupId'), subnetId: textOf(own, 'subnetId') };
}

/** Docker Machine names everything after the machine. */
function foreignIds(data: DriverData): Ids {
  const [name, subscription, group] = [textOf(data, 'MachineName'), textOf(data, 'SubscriptionID'), textOf(data, 'ResourceGroup')];
  if (name === '' || subscription === '' || group === '') return idsIn({});
  const within = `/subscriptions/${subscription}/resourceGroups/${group}/providers`;
  return {
    vmId: `${within}/Microsoft.Compute/virtualMachines/${name}`,
    interfaceId: `${within}/Microsoft.Network/networkInterfaces/${name}-nic`,
    addressId: data['NoPublicIP'] === true ? '' : `${within}/Microsoft.Network/publicIPAddresses/${name}-ip`,
    groupId: `${within}/Microsoft.Network/networkSecurityGroups/${name}-firewall`,
    subnetId: '',
  };
}

/** rancher-machine writes an object. */
function tagsIn(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).flatMap(([key, word]) => (typeof word === 'string' ? [[key, word]] : [])));
}
