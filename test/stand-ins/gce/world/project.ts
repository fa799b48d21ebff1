import { alreadyExists, invalid, notFound } from '../api/errors.js';
import type { Behaviour, NetworkOptions, ProjectOptions, Quotas } from '../types.js';
import { catalogOf, regionNames } from './catalog.js';
import { imageOf, publishedImages } from './images.js';
import { Operations, type Operation } from './operations.js';
import { freshFingerprint, freshId, linkOf, now, type Metadata, type Plan, type Resource } from './resource.js';

/** A request that was carried out under its id. */
interface Asked {
  readonly operation: Operation;
  readonly request: string;
}

/** All that belongs to a project. Things have paths without the project: `zones/z/instances/m`. */
export class Project {
  readonly id: string;
  readonly number: string;
  readonly enabled: boolean;
  readonly host: string | undefined;
  readonly operations: Operations;
  readonly serviceAccounts: readonly string[];
  readonly asked = new Map<string, Asked>();
  quotas: Quotas;
  metadata: Metadata;
  readonly #own = new Map<string, Resource>();
  /** Lists in which a new thing is still missing. */
  readonly #unseen = new Map<string, number>();

  constructor(options: ProjectOptions, place: number, behaviour: () => Behaviour) {
    this.id = options.id;
    this.number = options.number ?? String(100_000_000_001 + place);
    this.enabled = options.enabled ?? true;
    this.host = options.host;
    this.quotas = options.quotas ?? {};
    this.operations = new Operations(behaviour);
    this.serviceAccounts = [`${this.number}-compute@developer.gserviceaccount.com`, ...(options.serviceAccounts ?? [])];
    const items = Object.entries(options.metadata ?? {}).map(([key, value]) => ({ key, value }));
    this.metadata = { kind: 'compute#metadata', fingerprint: freshFingerprint(), ...(items.length > 0 ? { items } : {}) };
    for (const image of [...publishedImages(this.id), ...(options.images ?? []).map((each, i) => imageOf(this.id, each, i))])
      this.#own.set(`global/images/${image.name}`, image);
    for (const network of options.networks ?? [{ name: 'default', mode: 'auto' }]) this.#addNetwork(network);
  }

  link(path: string): string {
    return linkOf(this.path(path));
  }

  path(path: string): string {
    return `projects/${this.id}/${path}`;
  }

  find(path: string): Resource | undefined {
    return this.#own.get(path) ?? catalogOf(this.id).get(path) ?? this.operations.all.get(path);
  }

  /** @throws Refusal 404 */
  get(path: string): Resource {
    const found = this.find(path);
    if (!found) throw notFound(this.path(path));
    return found;
  }

  /** What the project made itself, but for what is there from the beginning. */
  *own(kind: string): Generator<readonly [path: string, resource: Resource]> {
    for (const entry of this.#own) if (entry[0].split('/').at(-2) === kind) yield entry;
  }

  /** All of a kind, in the order of their names. @param seen also counts a look into a list */
  all(kind: string, unseenInLists = 0): [path: string, resource: Resource][] {
    const every: Iterable<[string, Resource]>[] = [catalogOf(this.id), this.#own, this.operations.all];
    const found = every.flatMap((map) => [...map].filter(([path]) => path.split('/').at(-2) === kind));
    return found.filter(([path]) => this.#shows(path, unseenInLists)).sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** @throws Refusal 409 when it is there */
  add(path: string, plan: Plan): Resource {
    if (this.#own.has(path)) throw alreadyExists(this.path(path));
    const made = { id: freshId(), creationTimestamp: now(), ...plan, selfLink: this.link(path) };
    this.#own.set(path, made);
    this.#unseen.set(path, 0);
    return made;
  }

  remove(path: string): void {
    this.#own.delete(path);
  }

  /** @throws Refusal 400 when a zone or region is none of Google's */
  expectPlace(place: Readonly<Record<string, string>>): void {
    for (const kind of ['zone', 'region'] as const) {
      const name = place[kind];
      if (name !== undefined && !catalogOf(this.id).has(`${kind}s/${name}`)) throw invalid(kind, name, `Unknown ${kind}.`);
    }
  }

  #shows(path: string, unseenInLists: number): boolean {
    const looks = this.#unseen.get(path);
    if (looks === undefined || unseenInLists === 0) return true;
    this.#unseen.set(path, looks + 1);
    return looks >= unseenInLists;
  }

  #addNetwork({ name, mode, subnetworks = [] }: NetworkOptions): void {
    const network = this.link(`global/networks/${name}`);
    const auto = mode === 'auto' ? regionNames.map((region, i) => ({ name, region, range: `10.${128 + i}.0.0/20` })) : [];
    const links: string[] = [];
    for (const { region, range = '10.200.0.0/20', ...wanted } of [...auto, ...subnetworks]) {
      const more: NonNullable<NetworkOptions['subnetworks']>[number] = { ...wanted, region };
      const made = this.add(`regions/${region}/subnetworks/${wanted.name}`, {
        kind: 'compute#subnetwork',
        name: wanted.name,
        network,
        ipCidrRange: range,
        gatewayAddress: range.replace(/0\/\d+$/, '1'),
        region: this.link(`regions/${region}`),
        privateIpGoogleAccess: false,
        fingerprint: freshFingerprint(),
        purpose: 'PRIVATE',
        stackType: more.stack ?? 'IPV4_ONLY',
        ...(more.ipv6 ? { ipv6AccessType: more.ipv6 } : {}),
      });
      links.push(made.selfLink);
    }
    this.add(`global/networks/${name}`, {
      kind: 'compute#network',
      name,
      autoCreateSubnetworks: mode === 'auto',
      subnetworks: links,
      mtu: 1460,
      routingConfig: { routingMode: 'REGIONAL' },
      networkFirewallPolicyEnforcementOrder: 'AFTER_CLASSIC_FIREWALL',
    });
  }
}
