import { createHash } from 'node:crypto';

import { offersOf as anyOffers, type Offer as AnyOffer } from '../../../src/driver/kit/cloud/choose/offers.js';
import type { Input } from '../api.js';
import type { Candidate } from '../choose/candidates.js';
import type { Image } from '../choose/image.js';
import { defaultRootSize, type Config } from '../config.js';
import { interfacesOf } from '../network/interfaces.js';
import type { Tags } from '../tags.js';
import { marketOptions, marketsOf } from './spot.js';

type Request = Input<'RunInstances'>;

/** What was chosen for a machine: it stays in the ledger until the instance is made. */
export interface Plan {
  readonly candidates: readonly Candidate[];
}

export type Offer = AnyOffer<Candidate>;

/** In order of preference. Pure. */
export function offersOf(plan: Plan, config: Config): readonly Offer[] {
  return anyOffers(plan.candidates, marketsOf(config));
}

/** A name for an offer, which stays the same whenever the offers are made up again. */
export function nameOf({ candidate: { type, zone, subnetId }, market }: Offer): string {
  return [market, type, zone, subnetId].join(' ');
}

/** For people. */
export function placeOf({ candidate: { type, zone }, market }: Offer): string {
  return `${market === 'spot' ? 'spot ' : ''}${type} in ${zone}`;
}

/**
 * The idempotency token of a call: its own for each offer, since EC2 refuses another request with the same one, and the same whenever the
 * call is repeated. At most 64 characters. @param generation counts instances that were terminated already
 */
export function tokenOf(token: string, offer: Offer, generation: number): string {
  return createHash('sha256')
    .update(`${token} ${generation} ${nameOf(offer)}`)
    .digest('hex');
}

/** GB of the root disk: as wanted, else Docker Machine's 16 or what the image needs. Pure. */
export function rootSizeOf({ own }: Pick<Config, 'own'>, image: Pick<Image, 'rootSize'>): number {
  return own.rootSize || Math.max(defaultRootSize, image.rootSize);
}

export interface Parts {
  readonly groups: readonly string[];
  /** Base64. */
  readonly userData: string;
  readonly tags: Tags;
  readonly token: string;
}

/** The one call that makes an instance, its disks and interfaces, all of them tagged. Pure. */
export function runRequest(config: Config, offer: Offer, { groups, userData, tags, token }: Parts): Request {
  const { candidate, market } = offer;
  const { image } = candidate;
  const { own, metadata } = config;
  const kinds = ['instance', 'volume', 'network-interface', ...(market === 'spot' ? (['spot-instances-request'] as const) : [])] as const;
  return {
    ImageId: image.id,
    InstanceType: candidate.type as NonNullable<Request['InstanceType']>,
    MinCount: 1,
    MaxCount: 1,
    ClientToken: token,
    UserData: userData,
    NetworkInterfaces: interfacesOf(config, { subnetId: candidate.subnetId, groups }),
    BlockDeviceMappings: [rootDisk(config, image)],
    MetadataOptions: {
      HttpEndpoint: metadata.endpoint,
      HttpTokens: metadata.tokens,
      HttpPutResponseHopLimit: metadata.hopLimit,
      ...(metadata.ipv6 === 'enabled' ? { HttpProtocolIpv6: 'enabled' } : {}),
    },
    TagSpecifications: kinds.map((kind) => ({ ResourceType: kind, Tags: tags })),
    ...marketOptions(config, market),
    ...(config.keyName === '' || !config.existingKey ? {} : { KeyName: config.keyName }),
    ...(config.instanceProfile === '' ? {} : { IamInstanceProfile: profileOf(config.instanceProfile) }),
    ...(config.monitoring ? { Monitoring: { Enabled: true } } : {}),
    ...(config.ebsOptimized ? { EbsOptimized: true } : {}),
    ...(own.cpuCredits !== '' && /^t\d/.test(candidate.type) ? { CreditSpecification: { CpuCredits: own.cpuCredits } } : {}),
    ...(own.hibernation ? { HibernationOptions: { Configured: true } } : {}),
    ...(own.terminationProtection ? { DisableApiTermination: true } : {}),
    ...placementOf(config),
  };
}

function rootDisk(
  { deviceName, volumeType, encrypted, kmsKey, own }: Config,
  image: Image,
): NonNullable<Request['BlockDeviceMappings']>[number] {
  return {
    DeviceName: deviceName || image.rootDevice,
    Ebs: {
      DeleteOnTermination: true,
      VolumeSize: rootSizeOf({ own }, image),
      VolumeType: volumeType as 'gp3',
      ...(own.volumeIops > 0 ? { Iops: own.volumeIops } : {}),
      ...(own.volumeThroughput > 0 ? { Throughput: own.volumeThroughput } : {}),
      ...(encrypted ? { Encrypted: true } : {}),
      ...(kmsKey === '' ? {} : { KmsKeyId: kmsKey }),
    },
  };
}

function profileOf(profile: string): NonNullable<Request['IamInstanceProfile']> {
  return profile.startsWith('arn:') ? { Arn: profile } : { Name: profile };
}

function placementOf({ own: { tenancy, placementGroup } }: Config): Pick<Request, 'Placement'> {
  if (tenancy === '' && placementGroup === '') return {};
  return {
    Placement: {
      ...(tenancy === '' ? {} : { Tenancy: tenancy as 'dedicated' }),
      ...(placementGroup === '' ? {} : { GroupName: placementGroup }),
    },
  };
}
