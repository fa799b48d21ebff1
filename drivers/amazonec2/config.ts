import { join } from 'node:path';

import type { DriverData, FlagValues, ParseInput } from '../../src/driver/contract.js';
import { baseRules, checkFields, flag, id, inside, number, optional, text, type Rule } from '../../src/driver/kit/check.js';
import { baseData, intFlag, listFlag, numberOf, portFlag, textFlag, textOf } from '../../src/driver/kit/data.js';
import type { Place } from './api.js';

/** A machine's data with types: Docker Machine's fields and rancher-machine's, and in `own` what only tsmachine knows. */
export interface Config {
  readonly machineName: string;
  readonly region: string;
  readonly instanceId: string;
  readonly ami: string;
  readonly publicIp: string;
  readonly privateIp: string;
  readonly sshUser: string;
  readonly sshPort: number;
  readonly sshKeyPath: string;
  readonly rootSize: number;
  readonly volumeType: string;
  readonly reachedPrivately: boolean;
  readonly own: Own;
}

/** What Docker Machine's fields cannot hold. It lies beside config.json, see docs/architecture.md. */
export interface Own {
  readonly instanceTypes: readonly string[];
}

/** Pure. @throws TsmachineError FLAG_INVALID, FLAG_MISSING */
export function parseConfig(input: ParseInput): DriverData {
  const { flags, machineDir } = input;
  const types = listFlag(flags, 'amazonec2-instance-type');
  const own: Own = { instanceTypes: types.length > 0 ? types : ['t3.micro'] };
  return {
    ...baseData(input, {
      sshUser: textFlag(flags, 'amazonec2-ssh-user'),
      sshPort: portFlag(flags, 'amazonec2-ssh-port'),
      sshKeyPath: join(machineDir, 'id_ed25519'),
    }),
    Region: textFlag(flags, 'amazonec2-region'),
    AMI: textFlag(flags, 'amazonec2-ami'),
    InstanceId: '',
    InstanceType: own.instanceTypes[0],
    PrivateIPAddress: '',
    RootSize: intFlag(flags, 'amazonec2-root-size', { min: 1, max: 65_536 }),
    VolumeType: textFlag(flags, 'amazonec2-volume-type'),
    Endpoint: textFlag(flags, 'amazonec2-endpoint'),
    DisableSSL: flags['amazonec2-insecure-transport'] === true,
    RetryCount: intFlag(flags, 'amazonec2-retries', { min: -1, max: 100 }),
    Profile: textFlag(flags, 'amazonec2-profile'),
    Own: own,
  };
}

export function readConfig(data: DriverData): Config {
  const own = (data['Own'] ?? {}) as Partial<Own>;
  return {
    machineName: textOf(data, 'MachineName'),
    region: textOf(data, 'Region'),
    instanceId: textOf(data, 'InstanceId'),
    ami: textOf(data, 'AMI'),
    publicIp: textOf(data, 'IPAddress'),
    privateIp: textOf(data, 'PrivateIPAddress'),
    sshUser: textOf(data, 'SSHUser') || 'ubuntu',
    sshPort: numberOf(data, 'SSHPort', 22),
    sshKeyPath: textOf(data, 'SSHKeyPath'),
    rootSize: numberOf(data, 'RootSize', 16),
    volumeType: textOf(data, 'VolumeType'),
    reachedPrivately: data['PrivateIPOnly'] === true || data['UsePrivateIP'] === true,
    own: { instanceTypes: own.instanceTypes ?? [textOf(data, 'InstanceType')] },
  };
}

/** Where the calls of a machine go. @param secrets the values of the secret flags, now */
export function placeOf(data: DriverData, secrets: FlagValues): Place {
  const [accessKey, secretKey] = [textFlag(secrets, 'amazonec2-access-key'), textFlag(secrets, 'amazonec2-secret-key')];
  return {
    region: textOf(data, 'Region'),
    endpoint: textOf(data, 'Endpoint'),
    insecureTransport: data['DisableSSL'] === true,
    retries: Math.max(0, numberOf(data, 'RetryCount', 5)),
    profile: textOf(data, 'Profile'),
    ...(accessKey !== '' && secretKey !== ''
      ? { keys: { accessKey, secretKey, sessionToken: textFlag(secrets, 'amazonec2-session-token') } }
      : {}),
  };
}

/** @throws TsmachineError CONFIG_UNREADABLE naming the field */
export function checkConfig(data: DriverData, { machineDir }: { readonly machineDir: string }): void {
  checkFields(data, {
    ...baseRules,
    SSHKeyPath: optional(inside(machineDir)),
    Region: optional(id),
    AMI: optional(id),
    InstanceId: optional(id),
    InstanceType: optional(id),
    PrivateIPAddress: baseRules['IPAddress'] as Rule,
    RootSize: number(0, 65_536),
    VolumeType: optional(id),
    Endpoint: text,
    DisableSSL: flag,
    RetryCount: number(-1, 100),
    Profile: text,
  });
}
