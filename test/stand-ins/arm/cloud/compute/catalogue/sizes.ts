import { same, type Json } from '../../../world/json.js';
import type { Subscription, World } from '../../../world/world.js';
import { locations } from '../../locations.js';

export interface Size {
  readonly name: string;
  readonly family: string;
  readonly cores: number;
  readonly memory: number;
  readonly arm: boolean;
  readonly generations: readonly string[];
  readonly premium: boolean;
  readonly accelerated: boolean;
  /** Gigabytes of the cache and of the temporary disk, where an ephemeral disk can lie. */
  readonly cache: number;
  readonly temporary: number;
  /** Locations that do not have it. */
  readonly except: readonly string[];
}

type Features = Partial<Pick<Size, 'arm' | 'generations' | 'premium' | 'accelerated' | 'cache' | 'temporary' | 'except'>>;

function size(name: string, family: string, cores: number, memory: number, features: Features = {}): Size {
  const usual = { arm: false, generations: ['V1', 'V2'], premium: true, accelerated: true, cache: 0, temporary: 0, except: [] };
  return { name, family, cores, memory, ...usual, ...features };
}

const arm: Features = { arm: true, generations: ['V2'], except: ['westus', 'northcentralus'] };

/** A few of the sizes of November 2026. The first series A (Standard_A2 and others) was retired in August 2024. */
export const sizes: readonly Size[] = [
  size('Standard_A2_v2', 'standardAv2Family', 2, 4, { generations: ['V1'], premium: false, accelerated: false, temporary: 20 }),
  size('Standard_B1s', 'standardBSFamily', 1, 1, { accelerated: false, temporary: 4 }),
  size('Standard_B2s', 'standardBSFamily', 2, 4, { accelerated: false, temporary: 8 }),
  size('Standard_B2s_v2', 'standardBsv2Family', 2, 8),
  size('Standard_B2ats_v2', 'standardBasv2Family', 2, 1),
  size('Standard_B2pts_v2', 'standardBpsv2Family', 2, 1, arm),
  size('Standard_D2_v2', 'standardDv2Family', 2, 7, { generations: ['V1'], premium: false, temporary: 100 }),
  size('Standard_D2s_v3', 'standardDSv3Family', 2, 8, { cache: 50, temporary: 16 }),
  size('Standard_D2s_v5', 'standardDSv5Family', 2, 8),
  size('Standard_D4s_v5', 'standardDSv5Family', 4, 16),
  size('Standard_D2ds_v5', 'standardDDSv5Family', 2, 8, { cache: 50, temporary: 75 }),
  size('Standard_D2as_v5', 'standardDASv5Family', 2, 8),
  size('Standard_D2ads_v5', 'standardDADSv5Family', 2, 8, { cache: 50, temporary: 75 }),
  size('Standard_D2s_v6', 'standardDSv6Family', 2, 8, { generations: ['V2'], except: ['northcentralus'] }),
  size('Standard_D2ps_v5', 'standardDPSv5Family', 2, 8, arm),
  size('Standard_D2pds_v5', 'standardDPDSv5Family', 2, 8, { ...arm, temporary: 75 }),
  size('Standard_D2ps_v6', 'standardDpsv6Family', 2, 8, arm),
  size('Standard_F2s_v2', 'standardFSv2Family', 2, 4, { cache: 32, temporary: 16 }),
  size('Standard_NC4as_T4_v3', 'standardNCASv3_T4Family', 4, 28, { temporary: 180, except: ['westus', 'northcentralus', 'swedencentral'] }),
];

export function offered(name: string | undefined, location: string): Size | undefined {
  return sizes.find((each) => same(each.name, name) && !each.except.includes(location));
}

/** As the list of SKUs shows it, with what the subscription cannot have now. */
export function showSize(each: Size, location: string, world: World, subscription: Subscription): Json {
  const zones = locations.find(({ name }) => name === location)?.zones ?? [];
  const capability = (name: string, value: string | number | boolean) => ({
    name,
    value: typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value),
  });
  const { name, family, cores, memory, cache, temporary } = each;
  return {
    resourceType: 'virtualMachines',
    name,
    tier: 'Standard',
    size: name.replace('Standard_', ''),
    family,
    locations: [location],
    locationInfo: [{ location, zones: [...zones], zoneDetails: [] }],
    capabilities: [
      capability('MaxResourceVolumeMB', temporary * 1024),
      capability('OSVhdSizeMB', 1_047_552),
      capability('vCPUs', cores),
      capability('HyperVGenerations', each.generations.join(',')),
      capability('MemoryGB', memory),
      capability('MaxDataDiskCount', cores * 2),
      capability('CpuArchitectureType', each.arm ? 'Arm64' : 'x64'),
      capability('LowPriorityCapable', !name.startsWith('Standard_B')),
      capability('PremiumIO', each.premium),
      capability('VMDeploymentTypes', 'IaaS'),
      capability('vCPUsAvailable', cores),
      ...(cache > 0 ? [capability('CachedDiskBytes', cache * 2 ** 30)] : []),
      capability('EphemeralOSDiskSupported', cache > 0 || (temporary > 0 && each.premium)),
      capability('AcceleratedNetworkingEnabled', each.accelerated),
      capability('MaxNetworkInterfaces', 2),
    ],
    restrictions: restrictions(name, location, zones, world, subscription),
  };
}

function restrictions(name: string, location: string, zones: readonly string[], world: World, subscription: Subscription): Json[] {
  const entries = world.exhausted.filter(
    (each) =>
      each.code === 'SkuNotAvailable' &&
      each.priority !== 'Spot' &&
      (each.size === undefined || same(each.size, name)) &&
      (each.location === undefined || each.location === location) &&
      (each.subscription === undefined || each.subscription === subscription.id),
  );
  if (entries.some(({ zone }) => zone === undefined)) {
    const whole = {
      type: 'Location',
      values: [location],
      restrictionInfo: { locations: [location] },
      reasonCode: 'NotAvailableForSubscription',
    };
    return [whole];
  }
  const shut = zones.filter((zone) => entries.some((each) => each.zone === zone));
  if (shut.length === 0) return [];
  const info = { locations: [location], zones: shut };
  return [{ type: 'Zone', values: [location], restrictionInfo: info, reasonCode: 'NotAvailableForSubscription' }];
}
