import { TsmachineError } from '../../../src/base/errors.js';
import { nearest } from '../../../src/base/nearest.js';
import { all, type Arm, type Sku } from '../api.js';
import type { Architecture } from './vendors.js';

/** What matters of a size in a location. */
export interface Size {
  readonly name: string;
  readonly architecture: Architecture;
  /** Zones that have it, and in which the subscription may use it. */
  readonly zones: readonly string[];
  /** Why the subscription may not use it in this location; empty when it may. */
  readonly closed: string;
  readonly canAccelerate: boolean;
  readonly canBeSpot: boolean;
  readonly canEncryptAtHost: boolean;
  /** Generations of images that boot on it: `V1`, `V2`. */
  readonly generations: readonly string[];
  /** Where an ephemeral disk may lie; empty: nowhere. */
  readonly ephemeralPlacement: string;
}

/** Every size of a location, by its name in lower case. One call, which all machines of a run share. */
export async function sizesOf(location: string, arm: Arm): Promise<ReadonlyMap<string, Size>> {
  const skus = await arm.recall('Microsoft.Compute/skus/read', [location], ({ compute }) =>
    all(compute.resourceSkus.list({ filter: `location eq '${location}'` })),
  );
  const sizes = skus.filter(({ resourceType: type }) => type?.toLowerCase() === 'virtualmachines').map((sku) => sizeFrom(sku, location));
  return new Map(sizes.map((size) => [size.name.toLowerCase(), size]));
}

/** Pure. */
export function sizeFrom({ name = '', locationInfo = [], capabilities = [], restrictions = [] }: Sku, location: string): Size {
  const facts = new Map(capabilities.map(({ name: fact = '', value = '' }) => [fact, value]));
  const is = (fact: string) => facts.get(fact)?.toLowerCase() === 'true';
  const here = locationInfo.find(({ location: of }) => of?.toLowerCase() === location.toLowerCase());
  const barred = new Set(restrictions.filter(({ type }) => type === 'Zone').flatMap(({ restrictionInfo: info }) => info?.zones ?? []));
  const closed = restrictions.find(({ type }) => type === 'Location');
  return {
    name,
    architecture: facts.get('CpuArchitectureType') === 'Arm64' ? 'arm64' : 'x64',
    zones: (here?.zones ?? []).filter((zone) => !barred.has(zone)).sort(),
    closed: closed ? (closed.reasonCode ?? 'restricted') : '',
    canAccelerate: is('AcceleratedNetworkingEnabled'),
    canBeSpot: facts.get('LowPriorityCapable') === undefined || is('LowPriorityCapable'),
    canEncryptAtHost: is('EncryptionAtHostSupported'),
    generations: (facts.get('HyperVGenerations') ?? 'V1,V2').split(','),
    ephemeralPlacement: is('EphemeralOSDiskSupported') ? placementIn(facts.get('SupportedEphemeralOSDiskPlacements') ?? 'CacheDisk') : '',
  };
}

/** Caches are faster than temporary disks. */
function placementIn(words: string): string {
  const known = words.split(',').map((word) => word.trim());
  return ['CacheDisk', 'NvmeDisk', 'ResourceDisk'].find((place) => known.includes(place)) ?? '';
}

/** @throws TsmachineError FLAG_INVALID, with the nearest name there is */
export function sizeNamed(name: string, location: string, sizes: ReadonlyMap<string, Size>): Size {
  const size = sizes.get(name.toLowerCase());
  if (size) return size;
  if (sizes.size === 0) throw new TsmachineError('FLAG_INVALID', `Azure has no sizes in ${location}: is it a location? (--azure-location)`);
  const near = nearest(name, [...sizes.values()].map((one) => one.name).sort());
  throw new TsmachineError('FLAG_INVALID', `${location} has no size ${name} (--azure-size)`, {
    hint: near === undefined ? `The sizes of a location: az vm list-skus --location ${location} --output table` : `Did you mean ${near}?`,
  });
}
