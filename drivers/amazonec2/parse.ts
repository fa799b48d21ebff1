import { join, resolve } from 'node:path';

import { TsmachineError } from '../../src/base/errors.js';
import { isLoginName } from '../../src/base/forms.js';
import { networkOf } from '../../src/base/network/ip-network.js';
import type { DriverData, FlagValues, ParseInput } from '../../src/driver/contract.js';
import { baseData, intFlag, listFlag, portFlag, textFlag } from '../../src/driver/kit/data.js';
import { defaultRootSize, defaultType, type Own } from './config.js';
import { profileToKeep, type Environment } from './credentials.js';
import { refuseContradictions } from './contradictions.js';
import { formats, tagFault, type Format } from './formats.js';

const prefix = 'amazonec2-';

/** Flags to the `Driver` object: Docker Machine's fields, rancher's, ours. Pure. @throws TsmachineError FLAG_INVALID, FLAG_MISSING */
export function parseConfig(input: ParseInput, env: Environment = {}): DriverData {
  const { flags, machineDir } = input;
  refuseContradictions(flags);
  const types = words(flags, 'instance-type', formats.instanceType);
  const [zones, subnetIds] = [zonesOf(flags), words(flags, 'subnet-id', amazons(flags, formats.subnet))];
  const keyPath = pathOf(flags, 'ssh-keypath');
  return {
    ...baseData(input, {
      sshUser: login(flags),
      sshPort: portFlag(flags, `${prefix}ssh-port`),
      sshKeyPath: keyPath || join(machineDir, 'id_ed25519'),
    }),
    Id: '',
    AccessKey: '',
    SecretKey: '',
    SessionToken: '',
    Region: word(flags, 'region', amazons(flags, formats.region)) || 'us-east-1',
    AMI: word(flags, 'ami', amazons(flags, formats.image)),
    SSHKeyID: 0,
    ExistingKey: text(flags, 'keypair-name') !== '',
    KeyName: text(flags, 'keypair-name'),
    InstanceId: '',
    InstanceType: types[0] ?? defaultType,
    PrivateIPAddress: '',
    SecurityGroupId: '',
    SecurityGroupIds: [],
    SecurityGroupName: '',
    SecurityGroupNames: list(flags, 'security-group'),
    SecurityGroupReadOnly: isSet(flags, 'security-group-readonly'),
    OpenPorts: words(flags, 'open-port', formats.openPort),
    Tags: tags(flags),
    ReservationId: '',
    DeviceName: word(flags, 'device-name', formats.device),
    RootSize: rootSize(flags) || defaultRootSize,
    VolumeType: chosen(flags, 'volume-type', ['gp2', 'gp3', 'io1', 'io2', 'standard', 'st1', 'sc1']) || 'gp3',
    IamInstanceProfile: word(flags, 'iam-instance-profile', formats.profile),
    VpcId: word(flags, 'vpc-id', amazons(flags, formats.vpc)),
    SubnetId: subnetIds[0] ?? '',
    Zone: shortZone(zones[0] ?? '', text(flags, 'region')),
    RequestSpotInstance: isSet(flags, 'request-spot-instance'),
    SpotPrice: word(flags, 'spot-price', formats.price),
    BlockDurationMinutes: intFlag(flags, `${prefix}block-duration-minutes`, { min: 0, max: 360 }),
    PrivateIPOnly: isSet(flags, 'private-address-only'),
    UsePrivateIP: isSet(flags, 'use-private-address'),
    UseEbsOptimizedInstance: isSet(flags, 'use-ebs-optimized-instance'),
    Monitoring: isSet(flags, 'monitoring'),
    SSHPrivateKeyPath: keyPath,
    RetryCount: intFlag(flags, `${prefix}retries`, { min: -1, max: 100 }),
    Endpoint: word(flags, 'endpoint', formats.endpoint),
    DisableSSL: isSet(flags, 'insecure-transport'),
    UserDataFile: pathOf(flags, 'userdata'),
    // rancher-machine's
    EncryptEbsVolume: isSet(flags, 'encrypt-ebs-volume') || isSet(flags, 'hibernation') || text(flags, 'kms-key') !== '',
    KmsKeyId: word(flags, 'kms-key', formats.kmsKey),
    HttpEndpoint: chosen(flags, 'http-endpoint', ['enabled', 'disabled']) || 'enabled',
    HttpTokens: chosen(flags, 'http-tokens', ['required', 'optional']) || 'required',
    HttpProtocolIpv6: chosen(flags, 'http-protocol-ipv6', ['enabled', 'disabled']) || 'disabled',
    Ipv6AddressCount: intFlag(flags, `${prefix}ipv6-address-count`, { min: 0, max: 50 }),
    EnablePrimaryIpv6: isSet(flags, 'enable-primary-ipv6'),
    Ipv6AddressOnly: isSet(flags, 'ipv6-address-only'),
    Own: ownOf(flags, { types, zones, subnetIds, profile: profileToKeep(flags, env) }),
  };
}

interface Decided {
  readonly types: readonly string[];
  readonly zones: readonly string[];
  readonly subnetIds: readonly string[];
  readonly profile: string;
}

function ownOf(flags: FlagValues, { types, zones, subnetIds, profile }: Decided): Own {
  return {
    profile,
    zones,
    subnetIds,
    image: text(flags, 'ami') === '' ? word(flags, 'image', formats.imageName) || 'ubuntu' : '',
    imageName: '',
    instanceTypes: types,
    rootSize: rootSize(flags),
    volumeIops: intFlag(flags, `${prefix}volume-iops`, { min: 0, max: 256_000 }),
    volumeThroughput: intFlag(flags, `${prefix}volume-throughput`, { min: 0, max: 4000 }),
    cpuCredits: chosen(flags, 'cpu-credits', ['standard', 'unlimited']),
    tenancy: chosen(flags, 'tenancy', ['default', 'dedicated', 'host']),
    placementGroup: text(flags, 'placement-group'),
    engineAtBoot: isSet(flags, 'engine-at-boot'),
    hibernation: isSet(flags, 'hibernation'),
    terminationProtection: isSet(flags, 'termination-protection'),
    spotFallback: isSet(flags, 'spot-fallback'),
    allowedCidrs: words(flags, 'allowed-cidr', formats.cidr).map((cidr) => networkOf(cidr) ?? cidr),
    addressLookup: word(flags, 'address-lookup', formats.url),
    elasticIp: text(flags, 'elastic-ip') === 'new' ? 'new' : word(flags, 'elastic-ip', amazons(flags, formats.address)),
    extraSubnetIds: words(flags, 'extra-subnet-id', amazons(flags, formats.subnet)),
    metadataHopLimit: intFlag(flags, `${prefix}metadata-hop-limit`, { min: 1, max: 64 }),
    madeAt: '',
    account: '',
  };
}

const text = (flags: FlagValues, name: string): string => textFlag(flags, prefix + name);
const list = (flags: FlagValues, name: string): readonly string[] => listFlag(flags, prefix + name).filter((one) => one !== '');
const isSet = (flags: FlagValues, name: string): boolean => flags[prefix + name] === true;

function word(flags: FlagValues, name: string, format: Pick<Format, 'fits' | 'form'>): string {
  const value = text(flags, name);
  if (value !== '' && !format.fits(value)) throw invalid(name, value, format.form);
  return value;
}

function words(flags: FlagValues, name: string, format: Pick<Format, 'fits' | 'form'>): readonly string[] {
  const values = list(flags, name);
  const bad = values.find((value) => !format.fits(value));
  if (bad !== undefined) throw invalid(name, bad, format.form);
  return values;
}

function chosen(flags: FlagValues, name: string, choices: readonly string[]): string {
  return word(flags, name, { fits: (value) => choices.includes(value), form: `one of ${choices.join(', ')}` });
}

/** Another endpoint than Amazon's names its things as it likes. */
function amazons(flags: FlagValues, format: Pick<Format, 'fits' | 'form'>): Pick<Format, 'fits' | 'form'> {
  if (text(flags, 'endpoint') === '') return format;
  return { fits: (value) => /^[A-Za-z0-9][\w.:-]*$/.test(value), form: 'an id' };
}

/** Relative to the folder of now: an interrupted create may be continued from another one. */
function pathOf(flags: FlagValues, name: string): string {
  const path = text(flags, name);
  return path === '' ? '' : resolve(path);
}

function login(flags: FlagValues): string {
  return word(flags, 'ssh-user', { fits: isLoginName, form: 'the name of a user' });
}

function rootSize(flags: FlagValues): number {
  return flags[`${prefix}root-size`] === undefined ? 0 : intFlag(flags, `${prefix}root-size`, { min: 1, max: 65_536 });
}

function tags(flags: FlagValues): string {
  const value = text(flags, 'tags');
  const fault = tagFault(value);
  if (fault !== undefined) throw new TsmachineError('FLAG_INVALID', `--${prefix}tags ${JSON.stringify(value)} ${fault}`);
  return value;
}

/** Docker Machine takes a letter; whole names say more. */
function zonesOf(flags: FlagValues): readonly string[] {
  const region = text(flags, 'region');
  const elsewhere = text(flags, 'endpoint') !== '';
  return list(flags, 'zone').map((zone) => {
    if (/^[a-z]$/.test(zone)) return region + zone;
    if (elsewhere ? /^[\w-]+$/.test(zone) : zone.startsWith(region) && /^[a-z0-9-]*[a-z]$/.test(zone)) return zone;
    throw invalid('zone', zone, `a letter, or a zone of ${region} such as ${region}a`);
  });
}

/** A zone as Docker Machine writes it: what follows the region. */
export function shortZone(zone: string, region: string): string {
  return zone.startsWith(region) ? zone.slice(region.length) : zone;
}

function invalid(name: string, value: string, form: string): TsmachineError {
  return new TsmachineError('FLAG_INVALID', `--${prefix}${name} must be ${form}, not ${JSON.stringify(value)}`);
}
