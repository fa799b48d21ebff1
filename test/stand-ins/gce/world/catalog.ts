import { linkOf, type Resource } from './resource.js';

/** The zones of each region that is played, by their last letter. */
const regions: Readonly<Record<string, string>> = {
  'us-central1': 'abcf',
  'us-east1': 'bcd',
  'us-east4': 'abc',
  'us-west1': 'abc',
  'europe-west1': 'bcd',
  'europe-west3': 'abc',
  'europe-west4': 'abc',
  'asia-east1': 'abc',
};

export const regionNames = Object.keys(regions);

export function zonesOf(region: string): string[] {
  return [...(regions[region] ?? '')].map((letter) => `${region}-${letter}`);
}

export const zoneNames = regionNames.flatMap(zonesOf);

export function regionOf(zone: string): string {
  return zone.replace(/-[a-z]$/, '');
}

/** Numbers of CPUs and MB of memory, from https://cloud.google.com/compute/docs/general-purpose-machines. */
interface Family {
  readonly types: Readonly<Record<string, readonly [cpus: number, megabytes: number]>>;
  readonly architecture?: 'ARM64';
  /** Only there. */
  readonly regions?: readonly string[];
  /** Takes no persistent disks but Hyperdisk. */
  readonly hyperdiskOnly?: boolean;
  /** Takes no `pd-standard`. */
  readonly noStandardDisks?: boolean;
  readonly shared?: boolean;
}

const families: readonly Family[] = [
  {
    types: { 'e2-micro': [2, 1024], 'e2-small': [2, 2048], 'e2-medium': [2, 4096], 'f1-micro': [1, 614], 'g1-small': [1, 1740] },
    shared: true,
  },
  { types: sizes('e2-standard', [2, 4, 8], 4096) },
  { types: sizes('e2-highcpu', [2, 4], 1024) },
  { types: { 'n1-standard-1': [1, 3840], 'n1-standard-2': [2, 7680], 'n1-standard-4': [4, 15360] } },
  { types: sizes('n2-standard', [2, 4, 8], 4096) },
  { types: sizes('n2d-standard', [2, 4], 4096) },
  { types: sizes('c3-standard', [4, 8], 4096), noStandardDisks: true, regions: ['us-central1', 'us-east1', 'europe-west4'] },
  { types: sizes('n4-standard', [2, 4], 4096), hyperdiskOnly: true, regions: ['us-central1', 'europe-west4'] },
  { types: sizes('t2a-standard', [1, 2, 4], 4096), architecture: 'ARM64', regions: ['us-central1', 'europe-west4'] },
  {
    types: sizes('c4a-standard', [1, 2, 4], 4096),
    architecture: 'ARM64',
    hyperdiskOnly: true,
    regions: ['us-central1', 'us-east1', 'europe-west1', 'europe-west3', 'europe-west4'],
  },
];

function sizes(family: string, cpus: readonly number[], each: number): Record<string, readonly [number, number]> {
  return Object.fromEntries(cpus.map((count) => [`${family}-${count}`, [count, count * each] as const]));
}

export function familyOf(type: string): Family | undefined {
  return families.find(({ types }) => type in types) ?? (isCustom(type) ? { types: {} } : undefined);
}

const diskTypes: Readonly<Record<string, string>> = {
  'pd-standard': '10GB-65536GB',
  'pd-balanced': '10GB-65536GB',
  'pd-ssd': '10GB-65536GB',
  'pd-extreme': '500GB-65536GB',
  'hyperdisk-balanced': '4GB-65536GB',
};

const accelerators: Readonly<Record<string, readonly string[]>> = {
  'nvidia-tesla-t4': ['us-central1', 'us-east1', 'europe-west4', 'asia-east1'],
  'nvidia-l4': ['us-central1', 'us-east4', 'europe-west4'],
};

/** What every project sees: the regions, zones and types. Made once for each project. */
export function catalogOf(project: string): ReadonlyMap<string, Resource> {
  const known = catalogs.get(project);
  if (known) return known;
  const made = new Map<string, Resource>();
  const put = (path: string, kind: string, id: number, more: object) => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const creationTimestamp = '1969-12-31T16:00:00.000-08:00';
    made.set(path, {
      kind: `compute#${kind}`,
      id: String(id),
      creationTimestamp,
      name,
      selfLink: linkOf(`projects/${project}/${path}`),
      ...more,
    });
  };
  for (const [r, region] of regionNames.entries()) {
    const zones = zonesOf(region);
    const link = (path: string) => linkOf(`projects/${project}/${path}`);
    put(`regions/${region}`, 'region', 1000 + r * 10, {
      description: region,
      status: 'UP',
      zones: zones.map((zone) => link(`zones/${zone}`)),
    });
    for (const [z, zone] of zones.entries()) {
      put(`zones/${zone}`, 'zone', 2000 + r * 10 + z, { description: zone, status: 'UP', region: link(`regions/${region}`) });
      for (const family of families) {
        if (family.regions && !family.regions.includes(region)) continue;
        for (const name of Object.keys(family.types)) made.set(...typeIn(project, zone, name));
      }
      for (const [name, validDiskSize] of Object.entries(diskTypes))
        put(`zones/${zone}/diskTypes/${name}`, 'diskType', 30_000, {
          zone: link(`zones/${zone}`),
          validDiskSize,
          defaultDiskSizeGb: '100',
        });
      for (const [name, where] of Object.entries(accelerators))
        if (where.includes(region))
          put(`zones/${zone}/acceleratorTypes/${name}`, 'acceleratorType', 10_000, {
            zone: link(`zones/${zone}`),
            maximumCardsPerInstance: 4,
          });
    }
  }
  catalogs.set(project, made);
  return made;
}

const catalogs = new Map<string, ReadonlyMap<string, Resource>>();

export interface MachineType extends Resource {
  readonly guestCpus: number;
  readonly memoryMb: number;
  readonly architecture: 'X86_64' | 'ARM64';
}

function isCustom(type: string): boolean {
  return /^((e2|n1|n2|n2d)-)?custom-\d+-\d+(-ext)?$/.test(type);
}

/** A machine type of the catalogue, or one whose size its name says. */
function typeIn(project: string, zone: string, name: string): [string, MachineType] {
  const family = familyOf(name);
  const [, cpus = '0', megabytes = '0'] = /custom-(\d+)-(\d+)/.exec(name) ?? [];
  const [guestCpus, memoryMb] = family?.types[name] ?? [Number(cpus), Number(megabytes)];
  const path = `zones/${zone}/machineTypes/${name}`;
  const type: MachineType = {
    kind: 'compute#machineType',
    id: '801002',
    creationTimestamp: '1969-12-31T16:00:00.000-08:00',
    name,
    description: `${guestCpus} vCPUs, ${(memoryMb / 1024).toString()} GB RAM`,
    guestCpus,
    memoryMb,
    imageSpaceGb: 0,
    maximumPersistentDisks: 128,
    maximumPersistentDisksSizeGb: '263168',
    zone,
    selfLink: linkOf(`projects/${project}/${path}`),
    isSharedCpu: family?.shared ?? false,
    architecture: family?.architecture ?? 'X86_64',
  };
  return [path, type];
}

/** Also of custom types, which no list has: whole pairs of CPUs (or one), memory in steps of 256 MB. */
export function machineType(project: string, zone: string, name: string): MachineType | undefined {
  const listed = catalogOf(project).get(`zones/${zone}/machineTypes/${name}`);
  if (listed) return listed as MachineType;
  if (!isCustom(name)) return undefined;
  const [, type] = typeIn(project, zone, name);
  return (type.guestCpus === 1 || type.guestCpus % 2 === 0) && type.memoryMb % 256 === 0 ? type : undefined;
}
