import { join } from 'node:path';

import { TsmachineError } from '../../src/base/errors.js';
import { networkOf } from '../../src/base/network/ip-network.js';
import type { DriverData, ParseInput } from '../../src/driver/contract.js';
import { login, type Format } from '../../src/driver/kit/cloud/flags/formats.js';
import { flagReader, type FlagReader } from '../../src/driver/kit/cloud/flags/values.js';
import { baseData } from '../../src/driver/kit/data.js';
import { defaultRootSize, defaultType, type Own } from './config.js';
import { profileToKeep, type Environment } from './credentials.js';
import { refuseContradictions } from './contradictions.js';
import { formats, tagFault } from './formats.js';

/** Flags to the `Driver` object: Docker Machine's fields, rancher's, ours. Pure. @throws TsmachineError FLAG_INVALID, FLAG_MISSING */
export function parseConfig(input: ParseInput, env: Environment = {}): DriverData {
  const { flags, machineDir } = input;
  const given = flagReader(flags, 'amazonec2-');
  refuseContradictions(given);
  const types = given.words('instance-type', formats.instanceType);
  const [zones, subnetIds] = [zonesOf(given), given.words('subnet-id', amazons(given, formats.subnet))];
  const keyPath = given.path('ssh-keypath');
  return {
    ...baseData(input, {
      sshUser: given.word('ssh-user', login),
      sshPort: given.int('ssh-port', { min: 1, max: 65_535 }),
      sshKeyPath: keyPath || join(machineDir, 'id_ed25519'),
    }),
    Id: '',
    AccessKey: '',
    SecretKey: '',
    SessionToken: '',
    Region: given.word('region', amazons(given, formats.region)) || 'us-east-1',
    AMI: given.word('ami', amazons(given, formats.image)),
    SSHKeyID: 0,
    ExistingKey: given.text('keypair-name') !== '',
    KeyName: given.text('keypair-name'),
    InstanceId: '',
    InstanceType: types[0] ?? defaultType,
    PrivateIPAddress: '',
    SecurityGroupId: '',
    SecurityGroupIds: [],
    SecurityGroupName: '',
    SecurityGroupNames: given.list('security-group'),
    SecurityGroupReadOnly: given.isSet('security-group-readonly'),
    OpenPorts: given.words('open-port', formats.openPort),
    Tags: tags(given),
    ReservationId: '',
    DeviceName: given.word('device-name', formats.device),
    RootSize: rootSize(given) || defaultRootSize,
    VolumeType: given.chosen('volume-type', ['gp2', 'gp3', 'io1', 'io2', 'standard', 'st1', 'sc1']) || 'gp3',
    IamInstanceProfile: given.word('iam-instance-profile', formats.profile),
    VpcId: given.word('vpc-id', amazons(given, formats.vpc)),
    SubnetId: subnetIds[0] ?? '',
    Zone: shortZone(zones[0] ?? '', given.text('region')),
    RequestSpotInstance: given.isSet('request-spot-instance'),
    SpotPrice: given.word('spot-price', formats.price),
    BlockDurationMinutes: given.int('block-duration-minutes', { min: 0, max: 360 }),
    PrivateIPOnly: given.isSet('private-address-only'),
    UsePrivateIP: given.isSet('use-private-address'),
    UseEbsOptimizedInstance: given.isSet('use-ebs-optimized-instance'),
    Monitoring: given.isSet('monitoring'),
    SSHPrivateKeyPath: keyPath,
    RetryCount: given.int('retries', { min: -1, max: 100 }),
    Endpoint: given.word('endpoint', formats.endpoint),
    DisableSSL: given.isSet('insecure-transport'),
    UserDataFile: given.path('userdata'),
    // rancher-machine's
    EncryptEbsVolume: given.isSet('encrypt-ebs-volume') || given.isSet('hibernation') || given.text('kms-key') !== '',
    KmsKeyId: given.word('kms-key', formats.kmsKey),
    HttpEndpoint: given.chosen('http-endpoint', ['enabled', 'disabled']) || 'enabled',
    HttpTokens: given.chosen('http-tokens', ['required', 'optional']) || 'required',
    HttpProtocolIpv6: given.chosen('http-protocol-ipv6', ['enabled', 'disabled']) || 'disabled',
    Ipv6AddressCount: given.int('ipv6-address-count', { min: 0, max: 50 }),
    EnablePrimaryIpv6: given.isSet('enable-primary-ipv6'),
    Ipv6AddressOnly: given.isSet('ipv6-address-only'),
    Own: ownOf(given, { types, zones, subnetIds, profile: profileToKeep(flags, env) }),
  };
}

interface Decided {
  readonly types: readonly string[];
  readonly zones: readonly string[];
  readonly subnetIds: readonly string[];
  readonly profile: string;
}

function ownOf(given: FlagReader, { types, zones, subnetIds, profile }: Decided): Own {
  return {
    profile,
    zones,
    subnetIds,
    image: given.text('ami') === '' ? given.word('image', formats.imageName) || 'ubuntu' : '',
    imageName: '',
    instanceTypes: types,
    rootSize: rootSize(given),
    volumeIops: given.int('volume-iops', { min: 0, max: 256_000 }),
    volumeThroughput: given.int('volume-throughput', { min: 0, max: 4000 }),
    cpuCredits: given.chosen('cpu-credits', ['standard', 'unlimited']),
    tenancy: given.chosen('tenancy', ['default', 'dedicated', 'host']),
    placementGroup: given.text('placement-group'),
    engineAtBoot: given.isSet('engine-at-boot'),
    hibernation: given.isSet('hibernation'),
    terminationProtection: given.isSet('termination-protection'),
    spotFallback: given.isSet('spot-fallback'),
    allowedCidrs: given.words('allowed-cidr', formats.cidr).map((cidr) => networkOf(cidr) ?? cidr),
    addressLookup: given.word('address-lookup', formats.url),
    elasticIp: given.text('elastic-ip') === 'new' ? 'new' : given.word('elastic-ip', amazons(given, formats.address)),
    extraSubnetIds: given.words('extra-subnet-id', amazons(given, formats.subnet)),
    metadataHopLimit: given.int('metadata-hop-limit', { min: 1, max: 64 }),
    madeAt: '',
    account: '',
  };
}

/** Another endpoint than Amazon's names its things as it likes. */
function amazons(given: FlagReader, format: Format): Format {
  if (given.text('endpoint') === '') return format;
  return { fits: (value) => /^[A-Za-z0-9][\w.:-]*$/.test(value), form: 'an id' };
}

function rootSize(given: FlagReader): number {
  return given.isGiven('root-size') ? given.int('root-size', { min: 1, max: 65_536 }) : 0;
}

function tags(given: FlagReader): string {
  const value = given.text('tags');
  const fault = tagFault(value);
  if (fault !== undefined) throw new TsmachineError('FLAG_INVALID', `--amazonec2-tags ${JSON.stringify(value)} ${fault}`);
  return value;
}

/** Docker Machine takes a letter; whole names say more. */
function zonesOf(given: FlagReader): readonly string[] {
  const region = given.text('region');
  const elsewhere = given.text('endpoint') !== '';
  return given.list('zone').map((zone) => {
    if (/^[a-z]$/.test(zone)) return region + zone;
    if (elsewhere ? /^[\w-]+$/.test(zone) : zone.startsWith(region) && /^[a-z0-9-]*[a-z]$/.test(zone)) return zone;
    throw given.invalid('zone', zone, `a letter, or a zone of ${region} such as ${region}a`);
  });
}

/** A zone as Docker Machine writes it: what follows the region. */
export function shortZone(zone: string, region: string): string {
  return zone.startsWith(region) ? zone.slice(region.length) : zone;
}
