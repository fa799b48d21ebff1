import { createHash } from 'node:crypto';

import type { Owner } from '../../../src/driver/contract.js';
import { marketsOf as marketsOfAny, type Market } from '../../../src/driver/kit/cloud/choose/markets.js';
import { offersOf as offersOfAny, type Offer as AnyOffer } from '../../../src/driver/kit/cloud/choose/offers.js';
import type { AttachedDisk, Instance, MetadataItem, NetworkInterface, Scheduling } from '../call/resources.js';
import { diskSizeOf, diskTypeOf, type Candidate } from '../choose/candidates.js';
import { lastOf, type Config } from '../config.js';
import { machineLabels, storeTag } from '../labels.js';
import { ranchersTags } from '../network/rules.js';
import type { Where } from '../network/where.js';

/** What was chosen for a machine: it stays in the ledger until the VM is made. */
export interface Plan {
  readonly candidates: readonly Candidate[];
}

export type Offer = AnyOffer<Candidate>;

export function marketsOf({ preemptible, own }: Pick<Config, 'preemptible' | 'own'>): readonly Market[] {
  return marketsOfAny({ spot: preemptible || own.spot, fallback: own.spotFallback });
}

/** In order of preference. Pure. */
export function offersOf({ candidates }: Plan, config: Config): readonly Offer[] {
  return offersOfAny(candidates, marketsOf(config));
}

/** A name for an offer, which stays the same whenever the offers are made up again. */
export function nameOf({ candidate: { type, zone }, market }: Offer): string {
  return [market, type, zone].join(' ');
}

/** For people. */
export function placeOf({ candidate: { type, zone }, market }: Offer): string {
  return `${market === 'spot' ? 'spot ' : ''}${type} in ${zone}`;
}

/**
 * The id of a request: its own for each offer, since Google takes another request with the same one for the same, and the same whenever
 * the call is repeated. Google wants a UUID. @param generation counts VMs that were deleted already
 */
export function requestIdOf(token: string, offer: Offer, generation = 0): string {
  const hex = createHash('sha256')
    .update(`${token} ${generation} ${nameOf(offer)}`)
    .digest('hex');
  // version 8 is for ids that are made in a way of one's own (RFC 9562)
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}

export interface Parts {
  readonly owner: Owner;
  readonly where: Where;
  readonly metadata: readonly MetadataItem[];
  /** The external address that stays; undefined: one that changes. */
  readonly address: string | undefined;
}

/** As Docker Machine calls it. */
export const diskNameOf = (machine: string) => `${machine}-disk`;

/** The one call that makes a VM and its disk, both of them labelled. Pure. */
export function instanceOf(config: Config, offer: Offer, { owner, where, metadata, address }: Parts): Instance {
  const { machineName: name, own, tags } = config;
  const { type, zone } = offer.candidate;
  const [accelerator = '', count = '1'] = own.accelerator.split(':');
  return {
    name,
    description: 'tsmachine: docker host',
    machineType: `zones/${zone}/machineTypes/${type}`,
    labels: machineLabels(owner, config),
    tags: { items: [...new Set([storeTag(owner.store), ...tags, ...ranchersTags(config)])] },
    disks: [bootDisk(config, offer, owner)],
    networkInterfaces: [interfaceOf(config, where, address)],
    metadata: { items: metadata },
    scheduling: schedulingOf(config, offer),
    ...(config.serviceAccount === 'none' ? {} : { serviceAccounts: [{ email: config.serviceAccount, scopes: config.scopes }] }),
    ...(accelerator === ''
      ? {}
      : { guestAccelerators: [{ acceleratorType: `zones/${zone}/acceleratorTypes/${accelerator}`, acceleratorCount: Number(count) }] }),
    ...(own.minCpuPlatform === '' ? {} : { minCpuPlatform: own.minCpuPlatform }),
    ...(own.secureBoot ? { shieldedInstanceConfig: { enableSecureBoot: true, enableVtpm: true, enableIntegrityMonitoring: true } } : {}),
    ...(own.deletionProtection ? { deletionProtection: true } : {}),
  };
}

function bootDisk(config: Config, { candidate: { type, zone, image } }: Offer, owner: Owner): AttachedDisk {
  const { own, machineName } = config;
  return {
    boot: true,
    autoDelete: true,
    initializeParams: {
      diskName: diskNameOf(machineName),
      sourceImage: `projects/${image.path}`,
      diskSizeGb: String(diskSizeOf(config, image)),
      diskType: `zones/${zone}/diskTypes/${diskTypeOf(config, type)}`,
      labels: machineLabels(owner, config),
      ...(own.diskIops > 0 ? { provisionedIops: String(own.diskIops) } : {}),
      ...(own.diskThroughput > 0 ? { provisionedThroughput: String(own.diskThroughput) } : {}),
    },
    ...(own.diskKmsKey === '' ? {} : { diskEncryptionKey: { kmsKeyName: own.diskKmsKey } }),
  };
}

function interfaceOf({ privateOnly, own }: Config, { network, subnetwork }: Where, address: string | undefined): NetworkInterface {
  const tier = own.networkTier === '' ? {} : { networkTier: own.networkTier.toUpperCase() };
  const external = { type: 'ONE_TO_ONE_NAT', name: 'External NAT', ...tier, ...(address === undefined ? {} : { natIP: address }) };
  return {
    network,
    ...(subnetwork === undefined ? {} : { subnetwork }),
    ...(privateOnly ? {} : { accessConfigs: [external] }),
    ...(own.ipv6 ? { stackType: 'IPV4_IPV6' } : {}),
    ...(own.ipv6 && !privateOnly ? { ipv6AccessConfigs: [{ type: 'DIRECT_IPV6', name: 'External IPv6', networkTier: 'PREMIUM' }] } : {}),
  };
}

/** A spot VM that Google takes back is stopped, not deleted: its disk stays. */
function schedulingOf({ preemptible, own }: Config, { market }: Offer): Scheduling {
  if (market === 'spot' && !preemptible)
    return { provisioningModel: 'SPOT', instanceTerminationAction: 'STOP', onHostMaintenance: 'TERMINATE', automaticRestart: false };
  if (market === 'spot') return { preemptible: true, onHostMaintenance: 'TERMINATE', automaticRestart: false };
  return own.accelerator === '' ? {} : { onHostMaintenance: 'TERMINATE', automaticRestart: true };
}

/** `europe-west1-b/m1`: by this a VM is known in the ledger. */
export function idOf(zone: string, name: string): string {
  return `${zone}/${name}`;
}

export function placeOfId(id: string): { readonly zone: string; readonly instance: string } {
  return { zone: id.slice(0, id.indexOf('/')), instance: lastOf(id) };
}
