import { resolve } from 'node:path';

import type { DriverData } from '../../src/driver/contract.js';
import {
  baseRules,
  checkFields,
  flag,
  host,
  id,
  inside,
  listOf,
  number,
  oneOf,
  optional,
  path,
  text,
  type Rule,
} from '../../src/driver/kit/check.js';
import { fits, network, ownRule } from '../../src/driver/kit/cloud/flags/own.js';
import { formats } from './formats.js';

/** Docker Machine's files pass too, with the lists that Go writes as null. @throws TsmachineError CONFIG_UNREADABLE naming the field */
export function checkConfig(data: DriverData, { machineDir }: { readonly machineDir: string }): void {
  checkFields(data, {
    ...baseRules,
    SSHKeyPath: optional(keyPath(data, machineDir)),
    Id: optional(id),
    AccessKey: text,
    SecretKey: text,
    SessionToken: text,
    Region: optional(id),
    AMI: optional(id),
    SSHKeyID: number(0, Number.MAX_SAFE_INTEGER),
    ExistingKey: flag,
    KeyName: text,
    InstanceId: optional(id),
    InstanceType: optional(id),
    PrivateIPAddress: optional(host),
    SecurityGroupId: optional(id),
    SecurityGroupIds: listOf(id),
    SecurityGroupName: text,
    SecurityGroupNames: listOf(text),
    SecurityGroupReadOnly: flag,
    OpenPorts: listOf(fits(formats.openPort)),
    Tags: text,
    ReservationId: optional(id),
    DeviceName: optional(fits(formats.device)),
    RootSize: number(0, 65_536),
    VolumeType: optional(id),
    IamInstanceProfile: text,
    VpcId: optional(id),
    SubnetId: optional(id),
    Zone: optional(zone),
    RequestSpotInstance: flag,
    SpotPrice: text,
    BlockDurationMinutes: number(0, 1_000_000),
    PrivateIPOnly: flag,
    UsePrivateIP: flag,
    UseEbsOptimizedInstance: flag,
    Monitoring: flag,
    SSHPrivateKeyPath: text,
    RetryCount: number(-1, Number.MAX_SAFE_INTEGER),
    Endpoint: optional(fits(formats.endpoint)),
    DisableSSL: flag,
    UserDataFile: text,
    EncryptEbsVolume: flag,
    KmsKeyId: optional(fits(formats.kmsKey)),
    HttpEndpoint: optional(oneOf(['enabled', 'disabled'])),
    HttpTokens: optional(oneOf(['required', 'optional'])),
    HttpProtocolIpv6: optional(oneOf(['enabled', 'disabled'])),
    Ipv6AddressCount: number(0, 1000),
    EnablePrimaryIpv6: flag,
    Ipv6AddressOnly: flag,
    Own: own,
  });
}

const ownRules: Readonly<Record<string, Rule>> = {
  profile: text,
  zones: listOf(zone),
  subnetIds: listOf(id),
  image: text,
  imageName: text,
  instanceTypes: listOf(id),
  rootSize: number(0, 65_536),
  volumeIops: number(0, 1_000_000),
  volumeThroughput: number(0, 1_000_000),
  cpuCredits: text,
  tenancy: text,
  placementGroup: text,
  engineAtBoot: flag,
  hibernation: flag,
  terminationProtection: flag,
  spotFallback: flag,
  allowedCidrs: listOf(network),
  addressLookup: optional(fits(formats.url)),
  elasticIp: optional(id),
  extraSubnetIds: listOf(id),
  metadataHopLimit: number(1, 64),
  madeAt: text,
  account: optional(id),
};

const own = ownRule(ownRules);

/** In the machine's folder, or where the user's own key lies. */
function keyPath(data: DriverData, machineDir: string): Rule {
  const own = data['SSHPrivateKeyPath'];
  return (value) =>
    path(value) ??
    (typeof own === 'string' && own !== '' && resolve(value as string) === resolve(own) ? undefined : inside(machineDir)(value));
}

/** Docker Machine writes what follows the region, which may begin with a dash: `-bos-1a`. */
function zone(value: unknown): string | undefined {
  return text(value) ?? (/^[\w-]{1,64}$/.test(value as string) ? undefined : 'is not a zone');
}
