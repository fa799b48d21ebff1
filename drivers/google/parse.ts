import { join } from 'node:path';

import { TsmachineError } from '../../src/base/errors.js';
import { networkOf } from '../../src/base/network/ip-network.js';
import type { DriverData, ParseInput } from '../../src/driver/contract.js';
import { refuseContradictions, type Clash, type Need } from '../../src/driver/kit/cloud/flags/contradictions.js';
import { login } from '../../src/driver/kit/cloud/flags/formats.js';
import { flagReader, type FlagReader } from '../../src/driver/kit/cloud/flags/values.js';
import { baseData } from '../../src/driver/kit/data.js';
import { defaultDiskSize, defaultTypes, defaultUser, defaultZone, regionOf, type Own } from './config.js';
import { formats, labelFault, nameFault } from './formats.js';

const needs: readonly Need[] = [{ flag: 'external-firewall-rule-prefix', needs: 'open-port', why: 'The rule is for open ports alone' }];

const clashes: readonly Clash[] = [
  { flags: ['address', 'use-internal-ip-only'], why: 'such an address is an external one' },
  { flags: ['network-tier', 'use-internal-ip-only'], why: 'it is about the external address' },
  { flags: ['spot', 'preemptible'], why: 'a preemptible VM is the older kind of a spot VM' },
  { flags: ['image', 'machine-image'], why: 'both name the image' },
];

/**
 * Flags to the `Driver` object: Docker Machine's fields, rancher's, ours. Pure.
 * @throws TsmachineError FLAG_INVALID, FLAG_MISSING, NAME_INVALID
 */
export function parseConfig(input: ParseInput): DriverData {
  const { flags, machineDir, machineName } = input;
  const given = flagReader(flags, 'google-');
  const project = projectOf(given);
  refuseContradictions(given, needs, clashes);
  refuseFallback(given);
  refuseName(machineName, given);
  const types = given.words('machine-type', formats.machineType);
  const zones = zonesOf(given);
  const sizes = given.isGiven('disk-size') ? given.int('disk-size', { min: 1, max: 65_536 }) : 0;
  const diskType = given.word('disk-type', formats.diskType);
  return {
    ...baseData(input, { sshUser: given.word('username', login) || defaultUser, sshPort: 22, sshKeyPath: join(machineDir, 'id_ed25519') }),
    Auth: '',
    Zone: zones[0] ?? defaultZone,
    MachineType: types[0] ?? defaultTypes[0],
    MachineImage: imageOf(given),
    DiskType: diskType,
    Address: given.text('address') === 'new' ? 'new' : given.word('address', formats.address),
    Network: given.word('network', formats.network) || 'default',
    Subnetwork: subnetworkOf(given, zones[0] ?? defaultZone),
    Preemptible: given.isSet('preemptible'),
    UseInternalIP: given.isSet('use-internal-ip') || given.isSet('use-internal-ip-only'),
    UseInternalIPOnly: given.isSet('use-internal-ip-only'),
    ServiceAccount: given.word('service-account', formats.account) || 'default',
    Scopes: scopesOf(given),
    DiskSize: sizes || defaultDiskSize,
    Project: project,
    Tags: tagsOf(given),
    UseExisting: given.isSet('use-existing'),
    OpenPorts: given.words('open-port', formats.openPort),
    // rancher-machine's
    Userdata: given.path('userdata'),
    ExternalFirewallRulePrefix: given.word('external-firewall-rule-prefix', formats.prefix),
    InternalFirewallRulePrefix: given.word('internal-firewall-rule-prefix', formats.prefix),
    VMLabels: labelsOf(given),
    Own: ownFrom(given, { zones, types, diskSize: sizes, diskType }),
  };
}

type Decided = Pick<Own, 'zones' | 'diskSize' | 'diskType'> & { readonly types: readonly string[] };

function ownFrom(given: FlagReader, { zones, types, diskSize, diskType }: Decided): Own {
  return {
    impersonated: given.word('impersonate-service-account', formats.impersonated),
    endpoint: given.word('endpoint', formats.endpoint),
    retries: given.int('retries', { min: -1, max: 100 }),
    zones,
    image: given.text('machine-image') === '' ? given.word('image', formats.imageName) || 'ubuntu' : '',
    machineTypes: types.length > 0 ? types : defaultTypes,
    diskSize,
    diskType,
    diskIops: given.int('disk-iops', { min: 0, max: 1_000_000 }),
    diskThroughput: given.int('disk-throughput', { min: 0, max: 100_000 }),
    diskKmsKey: given.word('disk-kms-key', formats.kmsKey),
    accelerator: given.word('accelerator', formats.accelerator),
    minCpuPlatform: given.text('min-cpu-platform'),
    secureBoot: given.isSet('secure-boot'),
    deletionProtection: given.isSet('deletion-protection'),
    engineAtBoot: given.isSet('engine-at-boot'),
    spot: given.isSet('spot'),
    spotFallback: given.isSet('spot-fallback'),
    networkTier: given.chosen('network-tier', ['premium', 'standard']),
    ipv6: given.isSet('ipv6'),
    allowedCidrs: given.words('allowed-cidr', formats.cidr).map((cidr) => networkOf(cidr) ?? cidr),
    addressLookup: given.word('address-lookup', formats.url),
    firewallReadonly: given.isSet('firewall-readonly'),
    instanceId: '',
    internalIp: '',
    network: '',
  };
}

/** Docker Machine's words. */
function projectOf(given: FlagReader): string {
  if (given.text('project') !== '') return given.word('project', formats.project);
  throw new TsmachineError('FLAG_MISSING', 'no Google Cloud Project name specified (--google-project)', {
    hint: 'Give --google-project ID or set GOOGLE_PROJECT; your projects: gcloud projects list',
  });
}

function refuseFallback(given: FlagReader): void {
  if (!given.isSet('spot-fallback') || given.isSet('spot') || given.isSet('preemptible')) return;
  throw new TsmachineError('FLAG_MISSING', 'using --google-spot-fallback also requires --google-spot or --google-preemptible');
}

function refuseName(name: string, given: FlagReader): void {
  const fault = given.isSet('use-existing') ? undefined : nameFault(name);
  if (fault !== undefined) throw new TsmachineError('NAME_INVALID', `A machine of google cannot be called ${name}: ${fault}`);
}

/** @throws TsmachineError FLAG_INVALID for zones of several regions: subnetworks and addresses are of one */
function zonesOf(given: FlagReader): readonly string[] {
  const zones = given.words('zone', formats.zone);
  const [first = ''] = zones;
  const other = zones.find((zone) => regionOf(zone) !== regionOf(first));
  if (other !== undefined)
    throw new TsmachineError(
      'FLAG_INVALID',
      `--google-zone ${other} is not in ${regionOf(first)} as ${first} is: a machine is in one region`,
    );
  return zones;
}

/** Docker Machine and everybody's habit: the URL of an image, or what follows `projects/` in it. */
function imageOf(given: FlagReader): string {
  const word = given.text('machine-image').replace(/^https:\/\/(www|compute)\.googleapis\.com\/compute\/(v1|beta)\/projects\//, '');
  if (word !== '' && !formats.image.fits(word)) throw given.invalid('machine-image', word, formats.image.form);
  return word.replace(/^projects\//, '').replace(/\/(?<!global\/)images\//, '/global/images/');
}

function subnetworkOf(given: FlagReader, zone: string): string {
  const subnetwork = given.word('subnetwork', formats.subnetwork);
  const [, region = ''] = /regions\/([^/]+)/.exec(subnetwork) ?? [];
  if (region === '' || region === regionOf(zone)) return subnetwork;
  throw new TsmachineError('FLAG_INVALID', `--google-subnetwork ${subnetwork} is in ${region}, and the machine in ${regionOf(zone)}`, {
    hint: `Give a --google-zone of ${region}, or a subnetwork of ${regionOf(zone)}`,
  });
}

/** gcloud's short names pass too: `logging-write`. */
function scopesOf(given: FlagReader): string {
  const words = given
    .text('scopes')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const bad = words.find((word) => !formats.scope.fits(word));
  if (bad !== undefined) throw given.invalid('scopes', bad, formats.scope.form);
  return words.map((word) => shortScopes[word] ?? (word.startsWith('https:') ? word : `https://www.googleapis.com/auth/${word}`)).join(',');
}

/** cloud.google.com/sdk/gcloud/reference/compute/instances/create, --scopes */
const shortScopes: Readonly<Record<string, string>> = {
  'storage-ro': 'https://www.googleapis.com/auth/devstorage.read_only',
  'storage-rw': 'https://www.googleapis.com/auth/devstorage.read_write',
  'storage-full': 'https://www.googleapis.com/auth/devstorage.full_control',
  'logging-write': 'https://www.googleapis.com/auth/logging.write',
  'monitoring-write': 'https://www.googleapis.com/auth/monitoring.write',
  'compute-ro': 'https://www.googleapis.com/auth/compute.readonly',
  'compute-rw': 'https://www.googleapis.com/auth/compute',
};

function tagsOf(given: FlagReader): string {
  const tags = given
    .text('tags')
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
  const bad = tags.find((tag) => !formats.name.fits(tag));
  if (bad !== undefined) throw given.invalid('tags', bad, `tags separated by commas, each ${formats.name.form}`);
  return tags.join(',');
}

function labelsOf(given: FlagReader): string {
  const value = given.text('vm-labels');
  const fault = labelFault(value);
  if (fault !== undefined) throw new TsmachineError('FLAG_INVALID', `--google-vm-labels ${JSON.stringify(value)} ${fault}`);
  return value;
}
