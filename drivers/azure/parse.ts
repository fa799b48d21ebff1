import { join } from 'node:path';

import { TsmachineError } from '../../src/base/errors.js';
import { networkOf } from '../../src/base/network/ip-network.js';
import type { DriverData, ParseInput } from '../../src/driver/contract.js';
import { flagReader, type FlagReader } from '../../src/driver/kit/cloud/flags/values.js';
import { baseData } from '../../src/driver/kit/data.js';
import { clouds, usualCloud } from './call/clouds.js';
import { defaultSizes, type Own } from './config.js';
import { refuseAtOdds } from './contradictions.js';
import { prefix } from './flags.js';
import { formats, tagFault, tagsOf } from './formats.js';

const storageTypes = ['Standard_LRS', 'StandardSSD_LRS', 'StandardSSD_ZRS', 'Premium_LRS', 'Premium_ZRS', 'PremiumV2_LRS', 'UltraSSD_LRS'];

/** Flags to the `Driver` object: Docker Machine's fields, rancher's, ours. Pure. @throws TsmachineError FLAG_INVALID, FLAG_MISSING */
export function parseConfig(input: ParseInput): DriverData {
  const { flags, machineDir } = input;
  const given = flagReader(flags, prefix);
  const subscription = given.word('subscription-id', formats.guid);
  if (subscription === '') throw noSubscription();
  refuseAtOdds(given);
  const [zones, sizes] = [given.words('availability-zone', formats.zone), given.words('size', formats.size)];
  const keyPath = given.path('ssh-keypath');
  return {
    ...baseData(input, {
      sshUser: given.word('ssh-user', formats.login) || 'docker-user',
      sshPort: 22,
      sshKeyPath: keyPath || join(machineDir, 'id_ed25519'),
    }),
    ClientID: given.word('client-id', formats.guid),
    ClientSecret: '',
    Environment: environment(given),
    SubscriptionID: subscription,
    ResourceGroup: given.word('resource-group', formats.group),
    DockerPort: given.int('docker-port', { min: 1, max: 65_535 }),
    Location: location(given),
    Size: sizes[0] ?? defaultSizes[0],
    Image: given.word('image', formats.image) || 'ubuntu',
    VirtualNetwork: given.word('vnet', formats.vnet),
    SubnetName: given.word('subnet', formats.subnet),
    SubnetPrefix: subnetPrefix(given),
    AvailabilitySet: given.word('availability-set', formats.availabilitySet),
    StorageType: given.chosen('storage-type', storageTypes) || 'StandardSSD_LRS',
    OpenPorts: given.words('open-port', formats.openPort),
    PrivateIPAddr: given.word('private-ip-address', formats.address),
    UsePrivateIP: given.isSet('use-private-ip'),
    NoPublicIP: given.isSet('no-public-ip'),
    DNSLabel: given.word('dns', formats.dns),
    StaticPublicIP: given.isSet('static-public-ip'),
    CustomDataFile: given.path('custom-data'),
    // rancher-machine's
    TenantID: given.word('tenant-id', formats.tenant),
    NSG: given.word('nsg', formats.securityGroup),
    Plan: given.word('plan', formats.plan),
    ManagedDisks: given.isSet('managed-disks'),
    FaultCount: given.int('fault-domain-count', { min: 1, max: 3 }),
    UpdateCount: given.int('update-domain-count', { min: 1, max: 20 }),
    DiskSize: diskSize(given) || 30,
    Tags: tags(given),
    AvailabilityZone: zones[0] ?? '',
    EnablePublicIPStandardSKU: given.isSet('enable-public-ip-standard-sku'),
    AcceleratedNetworking: given.isSet('accelerated-networking'),
    EncryptionAtHost: given.isSet('encryption-at-host'),
    Own: ownOf(given, { zones, sizes, keyPath }),
  };
}

interface Decided {
  readonly zones: readonly string[];
  readonly sizes: readonly string[];
  readonly keyPath: string;
}

function ownOf(given: FlagReader, { zones, sizes, keyPath }: Decided): Own {
  return {
    endpoint: given.word('endpoint', formats.url),
    authority: given.word('authority', formats.url),
    retries: Math.max(0, given.int('retries', { min: -1, max: 100 })),
    sizes: sizes.length > 0 ? sizes : defaultSizes,
    zones,
    diskSize: diskSize(given),
    ephemeralDisk: given.isSet('ephemeral-disk'),
    proximityGroup: given.word('proximity-group', formats.proximityGroup),
    identities: given.words('identity', formats.identity),
    spot: given.isSet('spot'),
    spotPrice: given.word('spot-max-price', formats.price),
    spotFallback: given.isSet('spot-fallback'),
    evictionPolicy: given.chosen('eviction-policy', ['Deallocate', 'Delete']) || 'Deallocate',
    engineAtBoot: given.isSet('engine-at-boot'),
    allowedCidrs: given.words('allowed-cidr', formats.cidr).map((cidr) => networkOf(cidr) ?? cidr),
    addressLookup: given.word('address-lookup', formats.lookup),
    keyPath,
    vmId: '',
    interfaceId: '',
    addressId: '',
    groupId: '',
    subnetId: '',
    privateIp: '',
    fqdn: '',
    stopped: false,
    madeAt: '',
  };
}

/** Docker Machine's words. */
function noSubscription(): TsmachineError {
  return new TsmachineError('FLAG_MISSING', 'azure driver requires the "azure-subscription-id" option.', {
    hint: 'Give --azure-subscription-id, or set AZURE_SUBSCRIPTION_ID: az account show --query id --output tsv',
  });
}

/** Docker Machine's words for an unknown one. */
function environment(given: FlagReader): string {
  const name = given.text('environment') || usualCloud;
  if (Object.hasOwn(clouds, name)) return name;
  const hint = name === 'AzureGermanCloud' ? 'Azure closed this cloud in 2021: its locations are in AzurePublicCloud' : undefined;
  throw new TsmachineError('FLAG_INVALID', `Invalid Azure environment: "${name}", supported values: ${Object.keys(clouds).join(', ')}`, {
    hint,
  });
}

/** People also write `West Europe`, as the portal shows it. */
function location(given: FlagReader): string {
  const name = given.text('location').replaceAll(' ', '').toLowerCase();
  if (name !== '' && !formats.location.fits(name)) throw given.invalid('location', given.text('location'), formats.location.form);
  return name || 'westus';
}

function subnetPrefix(given: FlagReader): string {
  const word = given.text('subnet-prefix');
  const network = networkOf(word);
  const [, digits] = (network ?? '').split('/');
  const isRight = word === '' || (network !== undefined && !network.includes(':') && Number(digits) >= 8 && Number(digits) <= 29);
  if (!isRight) throw given.invalid('subnet-prefix', word, 'an IPv4 network from /8 to /29 such as 192.168.0.0/16');
  return network ?? '192.168.0.0/16';
}

function diskSize(given: FlagReader): number {
  return given.isGiven('disk-size') ? given.int('disk-size', { min: 1, max: 32_767 }) : 0;
}

function tags(given: FlagReader): Readonly<Record<string, string>> {
  const value = given.text('tags');
  const fault = tagFault(value);
  if (fault !== undefined) throw new TsmachineError('FLAG_INVALID', `${given.nameOf('tags')} ${JSON.stringify(value)} ${fault}`);
  return tagsOf(value);
}
