import type {
  Aggregated,
  Disk,
  Firewall,
  Image,
  Instance,
  MachineType,
  Metadata,
  Network,
  Operation,
  Page,
  Project,
  StaticAddress,
  Subnetwork,
  Zone,
} from './resources.js';

/**
 * All that Compute Engine is asked, by service. The build leaves everything else out of the SDK (scripts/sdks.mjs), and the least role of
 * docs/google.md has a right for each.
 */
export const actions = {
  addresses: ['aggregatedList', 'delete', 'get', 'insert'],
  disks: ['aggregatedList', 'delete', 'get', 'setLabels'],
  firewalls: ['delete', 'get', 'insert', 'list', 'patch'],
  globalOperations: ['wait'],
  images: ['get', 'getFromFamily'],
  instances: ['aggregatedList', 'delete', 'get', 'getSerialPortOutput', 'insert', 'setLabels', 'setMetadata', 'setTags', 'start', 'stop'],
  machineTypes: ['aggregatedList', 'list'],
  networks: ['get'],
  projects: ['get'],
  regionOperations: ['wait'],
  subnetworks: ['get'],
  zoneOperations: ['list', 'wait'],
  zones: ['list'],
} as const;

export type Service = keyof typeof actions;

interface Listing {
  readonly filter?: string;
  readonly maxResults?: number;
  readonly pageToken?: string;
  readonly returnPartialSuccess?: boolean;
}

/** What makes a repeated call harmless: a UUID. */
interface Once {
  readonly requestId?: string;
}

interface InZone {
  readonly zone: string;
}

interface OfInstance extends InZone {
  readonly instance: string;
}

type Asked<I, O> = { readonly input: I; readonly output: O };

interface Labels {
  readonly labels: Readonly<Record<string, string>>;
  readonly labelFingerprint: string;
}

/** What each call takes, besides the project, and what it gives. */
export interface Calls {
  'addresses.aggregatedList': Asked<Listing, Aggregated<'addresses', StaticAddress>>;
  'addresses.delete': Asked<Once & { readonly region: string; readonly address: string }, Operation>;
  'addresses.get': Asked<{ readonly region: string; readonly address: string }, StaticAddress>;
  'addresses.insert': Asked<Once & { readonly region: string; readonly addressResource: StaticAddress }, Operation>;
  'disks.aggregatedList': Asked<Listing, Aggregated<'disks', Disk>>;
  'disks.delete': Asked<Once & InZone & { readonly disk: string }, Operation>;
  'disks.get': Asked<InZone & { readonly disk: string }, Disk>;
  'disks.setLabels': Asked<InZone & { readonly resource: string; readonly zoneSetLabelsRequestResource: Labels }, Operation>;
  'firewalls.delete': Asked<Once & { readonly firewall: string }, Operation>;
  'firewalls.get': Asked<{ readonly firewall: string }, Firewall>;
  'firewalls.insert': Asked<Once & { readonly firewallResource: Firewall }, Operation>;
  'firewalls.list': Asked<Listing, Page<Firewall>>;
  'firewalls.patch': Asked<Once & { readonly firewall: string; readonly firewallResource: Firewall }, Operation>;
  'globalOperations.wait': Asked<{ readonly operation: string }, Operation>;
  'images.get': Asked<{ readonly image: string }, Image>;
  'images.getFromFamily': Asked<{ readonly family: string }, Image>;
  'instances.aggregatedList': Asked<Listing, Aggregated<'instances', Instance>>;
  'instances.delete': Asked<Once & OfInstance, Operation>;
  'instances.get': Asked<OfInstance, Instance>;
  'instances.getSerialPortOutput': Asked<OfInstance & { readonly start?: string }, { readonly contents?: string }>;
  'instances.insert': Asked<Once & InZone & { readonly instanceResource: Instance }, Operation>;
  'instances.setLabels': Asked<OfInstance & { readonly instancesSetLabelsRequestResource: Labels }, Operation>;
  'instances.setMetadata': Asked<OfInstance & { readonly metadataResource: Metadata }, Operation>;
  'instances.setTags': Asked<OfInstance & { readonly tagsResource: NonNullable<Instance['tags']> }, Operation>;
  'instances.start': Asked<Once & OfInstance, Operation>;
  'instances.stop': Asked<Once & OfInstance, Operation>;
  'machineTypes.aggregatedList': Asked<Listing, Aggregated<'machineTypes', MachineType>>;
  'machineTypes.list': Asked<Listing & InZone, Page<MachineType>>;
  'networks.get': Asked<{ readonly network: string }, Network>;
  'projects.get': Asked<object, Project>;
  'regionOperations.wait': Asked<{ readonly region: string; readonly operation: string }, Operation>;
  'subnetworks.get': Asked<{ readonly region: string; readonly subnetwork: string }, Subnetwork>;
  'zoneOperations.list': Asked<Listing & InZone, Page<Operation>>;
  'zoneOperations.wait': Asked<InZone & { readonly operation: string }, Operation>;
  'zones.list': Asked<Listing, Page<Zone>>;
}

export type Action = keyof Calls;
export type Input<A extends Action> = Calls[A]['input'] & { /** By default the machine's. */ readonly project?: string };
export type Output<A extends Action> = Calls[A]['output'];
