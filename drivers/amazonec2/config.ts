import type { DriverData } from '../../src/driver/contract.js';
import { ownOf, wordsOf } from '../../src/driver/kit/cloud/flags/own.js';
import { numberOf, textOf } from '../../src/driver/kit/data.js';

/** A machine's data with types: Docker Machine's fields and rancher-machine's, and in `own` what only tsmachine knows. */
export interface Config {
  readonly machineName: string;
  readonly region: string;
  readonly instanceId: string;
  /** The image that was asked for by its id, or taken. */
  readonly ami: string;
  /** What it runs on; before it is made, what was wanted first. */
  readonly instanceType: string;
  readonly publicIp: string;
  readonly privateIp: string;
  /** Empty: the image's. */
  readonly sshUser: string;
  readonly sshPort: number;
  readonly sshKeyPath: string;
  /** The user's own private key; empty: one of the machine's own. */
  readonly sshPrivateKeyPath: string;
  /** A key pair of the user's; empty: none. Docker Machine's files name the one that it imported. */
  readonly keyName: string;
  /** Whether the key pair was there before the machine. */
  readonly existingKey: boolean;
  /** Groups of the machine: ids. */
  readonly securityGroupIds: readonly string[];
  /** Names of the groups that were asked for; empty: a group of the store. */
  readonly securityGroupNames: readonly string[];
  readonly securityGroupReadOnly: boolean;
  /** `80`, `53/udp`. */
  readonly openPorts: readonly string[];
  readonly tags: readonly Tag[];
  /** Empty: the image's. */
  readonly deviceName: string;
  /** GB. */
  readonly rootSize: number;
  readonly volumeType: string;
  readonly encrypted: boolean;
  /** Empty: the account's key for EBS. */
  readonly kmsKey: string;
  /** A name or an ARN; empty: none. */
  readonly instanceProfile: string;
  readonly vpcId: string;
  readonly subnetId: string;
  /** Docker Machine's form: what follows the region, `a`. */
  readonly zone: string;
  readonly spot: boolean;
  /** Dollars per hour; empty: up to the price on demand. */
  readonly spotPrice: string;
  /** No public address. */
  readonly privateOnly: boolean;
  /** The machine is reached by its private address. */
  readonly reachedPrivately: boolean;
  readonly ebsOptimized: boolean;
  readonly monitoring: boolean;
  /** A path; empty: none. */
  readonly userDataFile: string;
  readonly metadata: {
    readonly endpoint: 'enabled' | 'disabled';
    readonly tokens: 'required' | 'optional';
    readonly ipv6: 'enabled' | 'disabled';
    readonly hopLimit: number;
  };
  readonly ipv6Count: number;
  readonly primaryIpv6: boolean;
  /** The machine is reached by IPv6. */
  readonly reachedByIpv6: boolean;
  readonly own: Own;
}

/** What Docker Machine's fields cannot hold. It lies beside config.json, see docs/architecture.md. */
export interface Own {
  readonly profile: string;
  /** Whole names, `eu-central-1a`, in order of preference; empty: every zone that has the type. */
  readonly zones: readonly string[];
  readonly subnetIds: readonly string[];
  /** `ubuntu`, `debian:13`; empty when a certain image was asked for. */
  readonly image: string;
  /** The name of the image that was taken; empty while none was. */
  readonly imageName: string;
  /** In order of preference; never empty. */
  readonly instanceTypes: readonly string[];
  /** GB; 0: as much as the image needs, at least `defaultRootSize`. */
  readonly rootSize: number;
  /** 0: the type's default. */
  readonly volumeIops: number;
  /** MB/s; 0: the type's default. */
  readonly volumeThroughput: number;
  readonly cpuCredits: string;
  readonly tenancy: string;
  readonly placementGroup: string;
  /** The image's own packages bring the engine during the first boot. */
  readonly engineAtBoot: boolean;
  readonly hibernation: boolean;
  readonly terminationProtection: boolean;
  readonly spotFallback: boolean;
  /** Networks in CIDR form; empty: this computer's public address. */
  readonly allowedCidrs: readonly string[];
  readonly addressLookup: string;
  /** `new`, the allocation id of one that is there, or empty. */
  readonly elasticIp: string;
  /** Subnets of more network interfaces. */
  readonly extraSubnetIds: readonly string[];
  readonly metadataHopLimit: number;
  /** ISO 8601: when the instance was made; empty while there is none. */
  readonly madeAt: string;
  /** Number of the account that has the instance; empty while that is not known. */
  readonly account: string;
}

export interface Tag {
  readonly key: string;
  readonly value: string;
}

export const defaultType = 't3.micro';
/** GB, as in Docker Machine. */
export const defaultRootSize = 16;

export function readConfig(data: DriverData): Config {
  const own = readOwn(data);
  return {
    machineName: textOf(data, 'MachineName'),
    region: textOf(data, 'Region'),
    instanceId: textOf(data, 'InstanceId'),
    ami: textOf(data, 'AMI'),
    instanceType: textOf(data, 'InstanceType'),
    publicIp: textOf(data, 'IPAddress'),
    privateIp: textOf(data, 'PrivateIPAddress'),
    sshUser: textOf(data, 'SSHUser'),
    sshPort: numberOf(data, 'SSHPort', 22) || 22,
    sshKeyPath: textOf(data, 'SSHKeyPath'),
    sshPrivateKeyPath: textOf(data, 'SSHPrivateKeyPath'),
    keyName: textOf(data, 'KeyName'),
    existingKey: data['ExistingKey'] === true,
    securityGroupIds: severalOf(data, 'SecurityGroupIds', 'SecurityGroupId'),
    securityGroupNames: severalOf(data, 'SecurityGroupNames', 'SecurityGroupName'),
    securityGroupReadOnly: data['SecurityGroupReadOnly'] === true,
    openPorts: wordsOf(data['OpenPorts']),
    tags: pairsOf(textOf(data, 'Tags')),
    deviceName: textOf(data, 'DeviceName'),
    rootSize: numberOf(data, 'RootSize', defaultRootSize),
    volumeType: textOf(data, 'VolumeType') || 'gp3',
    encrypted: data['EncryptEbsVolume'] === true,
    kmsKey: textOf(data, 'KmsKeyId'),
    instanceProfile: textOf(data, 'IamInstanceProfile'),
    vpcId: textOf(data, 'VpcId'),
    subnetId: textOf(data, 'SubnetId'),
    zone: textOf(data, 'Zone'),
    spot: data['RequestSpotInstance'] === true,
    spotPrice: textOf(data, 'SpotPrice'),
    privateOnly: data['PrivateIPOnly'] === true,
    reachedPrivately: data['PrivateIPOnly'] === true || data['UsePrivateIP'] === true,
    ebsOptimized: data['UseEbsOptimizedInstance'] === true,
    monitoring: data['Monitoring'] === true,
    userDataFile: textOf(data, 'UserDataFile'),
    metadata: {
      endpoint: data['HttpEndpoint'] === 'disabled' ? 'disabled' : 'enabled',
      tokens: data['HttpTokens'] === 'optional' ? 'optional' : 'required',
      ipv6: data['HttpProtocolIpv6'] === 'enabled' ? 'enabled' : 'disabled',
      hopLimit: own.metadataHopLimit,
    },
    ipv6Count: numberOf(data, 'Ipv6AddressCount', 0),
    primaryIpv6: data['EnablePrimaryIpv6'] === true,
    reachedByIpv6: data['Ipv6AddressOnly'] === true,
    own,
  };
}

/** For data without it, as Docker Machine writes: what its fields amount to. */
function readOwn(data: DriverData): Own {
  const own = ownOf(data);
  const types = wordsOf(own['instanceTypes']);
  const subnet = textOf(data, 'SubnetId');
  return {
    profile: textOf(own, 'profile'),
    zones: wordsOf(own['zones']),
    subnetIds: own['subnetIds'] === undefined && subnet !== '' ? [subnet] : wordsOf(own['subnetIds']),
    image: textOf(own, 'image'),
    imageName: textOf(own, 'imageName'),
    instanceTypes: types.length > 0 ? types : [textOf(data, 'InstanceType') || defaultType],
    rootSize: numberOf(own, 'rootSize', 0),
    volumeIops: numberOf(own, 'volumeIops', 0),
    volumeThroughput: numberOf(own, 'volumeThroughput', 0),
    cpuCredits: textOf(own, 'cpuCredits'),
    tenancy: textOf(own, 'tenancy'),
    placementGroup: textOf(own, 'placementGroup'),
    engineAtBoot: own['engineAtBoot'] === true,
    hibernation: own['hibernation'] === true,
    terminationProtection: own['terminationProtection'] === true,
    spotFallback: own['spotFallback'] === true,
    allowedCidrs: wordsOf(own['allowedCidrs']),
    addressLookup: textOf(own, 'addressLookup'),
    elasticIp: textOf(own, 'elasticIp'),
    extraSubnetIds: wordsOf(own['extraSubnetIds']),
    metadataHopLimit: numberOf(own, 'metadataHopLimit', 1),
    madeAt: textOf(own, 'madeAt'),
    account: textOf(own, 'account'),
  };
}

/** `key1,value1,key2,value2` as pairs; a last key without a value is left out, as Docker Machine only warned of it. */
export function pairsOf(text: string): readonly Tag[] {
  const words = text === '' ? [] : text.split(',');
  return words.flatMap((key, i) => (i % 2 === 0 && words[i + 1] !== undefined ? [{ key, value: words[i + 1] ?? '' }] : []));
}

/** A list, or the one word of a Docker Machine before 2016. */
function severalOf(data: DriverData, list: string, one: string): readonly string[] {
  const words = wordsOf(data[list]);
  const word = textOf(data, one);
  return words.length > 0 || word === '' ? words : [word];
}
