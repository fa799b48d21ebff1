import type { Market } from '../../../src/driver/kit/cloud/choose/markets.js';
import { offersOf as offers, type Offer as OfferOf } from '../../../src/driver/kit/cloud/choose/offers.js';
import { marketsOf } from '../../../src/driver/kit/cloud/choose/markets.js';
import type { VirtualMachine } from '../api.js';
import type { Candidate } from '../choose/candidates.js';
import type { Image } from '../choose/image.js';
import { urn } from '../formats.js';
import type { Config } from '../config.js';
import type { Tags } from '../naming/tags.js';

/** What was chosen for a machine: it stays in the ledger until it is made. */
export interface Plan {
  readonly candidates: readonly Candidate[];
}

export type Offer = OfferOf<Candidate>;

/** In order of preference. Pure. */
export function offersOf(plan: Plan, { own }: Pick<Config, 'own'>): readonly Offer[] {
  return offers(plan.candidates, marketsOf({ spot: own.spot, fallback: own.spotFallback }));
}

/** A name for an offer, which stays the same whenever the offers are made up again. */
export function nameOf({ candidate: { size, zone }, market }: Offer): string {
  return [market, size, zone].join(' ');
}

/** For people. */
export function placeOf({ candidate: { size, zone }, market }: Offer, location: string): string {
  return `${market === 'spot' ? 'spot ' : ''}${size} in ${location}${zone === '' ? '' : `, zone ${zone}`}`;
}

export interface Parts {
  readonly names: { readonly vm: string; readonly disk: string };
  readonly interfaceId: string;
  readonly availabilitySetId: string;
  readonly proximityGroupId: string;
  readonly loginKey: string;
  /** Base64. */
  readonly customData: string;
  readonly tags: Tags;
}

/** How the machine is to be, with all that goes with it. Pure. */
export function machineRequest(config: Config, { candidate, market }: Offer, parts: Parts): VirtualMachine {
  const { own, sshUser } = config;
  const { image, size, zone } = candidate;
  return {
    location: config.location,
    tags: parts.tags,
    ...(zone === '' ? {} : { zones: [zone] }),
    ...(image.plan ? { plan: { ...image.plan } } : {}),
    ...identityOf(own.identities),
    hardwareProfile: { vmSize: size },
    storageProfile: { imageReference: referenceOf(image), osDisk: diskOf(config, candidate, parts.names.disk) },
    osProfile: {
      computerName: config.machineName,
      adminUsername: sshUser,
      customData: parts.customData,
      linuxConfiguration: {
        disablePasswordAuthentication: true,
        ssh: { publicKeys: [{ path: `/home/${sshUser}/.ssh/authorized_keys`, keyData: parts.loginKey }] },
      },
    },
    networkProfile: { networkInterfaces: [{ id: parts.interfaceId, primary: true, deleteOption: 'Delete' }] },
    diagnosticsProfile: { bootDiagnostics: { enabled: true } },
    ...(config.encryptionAtHost ? { securityProfile: { encryptionAtHost: true } } : {}),
    ...(parts.availabilitySetId === '' ? {} : { availabilitySet: { id: parts.availabilitySetId } }),
    ...(parts.proximityGroupId === '' ? {} : { proximityPlacementGroup: { id: parts.proximityGroupId } }),
    ...spotOf(config, market),
  };
}

type Reference = NonNullable<NonNullable<VirtualMachine['storageProfile']>['imageReference']>;

function referenceOf({ name }: Image): Reference {
  if (/^\/CommunityGalleries\//i.test(name)) return { communityGalleryImageId: name };
  if (/^\/SharedGalleries\//i.test(name)) return { sharedGalleryImageId: name };
  if (!urn.test(name)) return { id: name };
  const [publisher = '', offer = '', sku = '', version = ''] = name.split(':');
  return { publisher, offer, sku, version };
}

function diskOf({ own, storageType }: Config, { ephemeralPlacement }: Candidate, name: string) {
  const size = own.diskSize > 0 ? { diskSizeGB: own.diskSize } : {};
  const base = { name, createOption: 'FromImage', deleteOption: 'Delete', ...size } as const;
  if (ephemeralPlacement === '') return { ...base, caching: 'ReadWrite', managedDisk: { storageAccountType: storageType } } as const;
  return {
    ...base,
    caching: 'ReadOnly',
    diffDiskSettings: { option: 'Local', placement: ephemeralPlacement },
    managedDisk: { storageAccountType: 'Standard_LRS' },
  } as const;
}

function identityOf(identities: readonly string[]): Pick<VirtualMachine, 'identity'> {
  const users = identities.filter((id) => id !== 'system');
  if (identities.length === 0) return {};
  const type = users.length === 0 ? 'SystemAssigned' : users.length === identities.length ? 'UserAssigned' : 'SystemAssigned, UserAssigned';
  return {
    identity: { type, ...(users.length === 0 ? {} : { userAssignedIdentities: Object.fromEntries(users.map((id) => [id, {}])) }) },
  };
}

/** -1: up to the price on demand. */
function spotOf({ own }: Pick<Config, 'own'>, market: Market): Partial<VirtualMachine> {
  if (market !== 'spot') return {};
  const maxPrice = own.spotPrice === '' ? -1 : Number(own.spotPrice);
  return { priority: 'Spot', evictionPolicy: own.evictionPolicy, billingProfile: { maxPrice } };
}
