import { randomUUID } from 'node:crypto';

import { Bucket, Faults } from '../front/faults.js';
import { Journal } from '../front/journal.js';
import { groupNotFound } from '../front/errors.js';
import type { Behaviour, Exhausted, Limits, Principal, StateNote, SubscriptionOptions, WorldOptions } from '../types.js';
import { same, type Json } from './json.js';
import { Operations } from './operations.js';

/** A resource, or a resource group. */
export interface Stored {
  readonly id: string;
  /** With its namespace, as Azure writes it. */
  readonly type: string;
  readonly name: string;
  /** Of its resource group. */
  readonly group: string;
  /** What is shown, besides id, name, type and etag. */
  body: Json;
  /** What is never shown. */
  readonly hidden: Json;
  etag: string;
  /** Requests for which it is not in lists. */
  unseen: number;
}

export interface Lock {
  readonly scope: string;
  readonly level: 'CanNotDelete' | 'ReadOnly';
}

export const firstTenant = '72f988bf-86f1-41af-91ab-2d7cd011db47';
export const firstSubscription = '11111111-2222-4333-8444-555555555555';
export const firstPrincipal: Principal = {
  client: 'aaaaaaaa-1111-4222-8333-444444444444',
  secret: 'stand-in~secret.of-the-first-application',
  federated: 'stand-in.token.of-the-first-workload',
  managed: true,
};

const namespaces = ['Microsoft.Compute', 'Microsoft.Network', 'Microsoft.Storage', 'Microsoft.Resources', 'Microsoft.MarketplaceOrdering'];

/** One subscription: everything in it, by lower-case id. */
export class Subscription {
  readonly id: string;
  readonly tenant: string;
  readonly options: SubscriptionOptions;
  readonly resources = new Map<string, Stored>();
  readonly locks: Lock[] = [];
  /** Looks that are left until a namespace is registered; absent: it is not. */
  readonly registered = new Map<string, number>();
  /** `publisher:offer:plan` of accepted agreements. */
  readonly agreements = new Set<string>();
  readonly deleting = new Set<string>();
  /** Interfaces by lower-case id that a machine which could not be made still holds, and how often their removal is refused. */
  readonly reserved = new Map<string, { readonly machine: string; left: number }>();
  limits: Limits;
  bucket?: Bucket;

  constructor(options: SubscriptionOptions) {
    this.id = options.id;
    this.tenant = options.tenant ?? firstTenant;
    this.options = options;
    this.limits = options.limits ?? {};
    const never = options.unregistered ?? [];
    for (const name of namespaces) if (!never.some((each) => same(each, name))) this.registered.set(name.toLowerCase(), 0);
  }

  get(id: string): Stored | undefined {
    return this.resources.get(id.toLowerCase());
  }

  of(type: string): Stored[] {
    return [...this.resources.values()].filter((each) => same(each.type, type));
  }

  groupId(name: string): string {
    return `/subscriptions/${this.id}/resourceGroups/${name}`;
  }

  /** @throws ArmError ResourceGroupNotFound */
  group(name: string): Stored {
    const found = this.get(this.groupId(name));
    if (found === undefined) throw groupNotFound(name);
    return found;
  }

  add(stored: Omit<Stored, 'etag' | 'unseen' | 'hidden'> & { readonly hidden?: Json }, unseen = 0): Stored {
    const added: Stored = { hidden: {}, ...stored, etag: newEtag(), unseen };
    this.resources.set(stored.id.toLowerCase(), added);
    return added;
  }

  delete(id: string): void {
    this.resources.delete(id.toLowerCase());
  }
}

export function newEtag(): string {
  return `W/"${randomUUID()}"`;
}

/** Everything between two resets. */
export class World {
  readonly behaviour: Required<Behaviour>;
  readonly subscriptions = new Map<string, Subscription>();
  readonly principals: Principal[];
  /** Who was given which token, and until when (milliseconds since 1970). */
  readonly tokens = new Map<string, { readonly principal: Principal; readonly tenant: string; readonly until: number }>();
  readonly operations = new Operations();
  readonly journal = new Journal();
  readonly faults = new Faults();
  readonly notes: StateNote[] = [];
  /** Console output of machines by lower-case id. */
  readonly consoles = new Map<string, string>();
  exhausted: readonly Exhausted[] = [];
  over = false;
  #addresses = 0;

  constructor({ subscriptions, principals, ...behaviour }: WorldOptions) {
    this.behaviour = {
      pending: 1,
      retryAfter: 0,
      unseenInLists: 0,
      page: 100,
      nicReserved: 1,
      registering: 1,
      tokenSeconds: 3600,
      perSecond: null,
      burst: null,
      backed: false,
      ...behaviour,
    };
    this.principals = [...(principals ?? [firstPrincipal])];
    for (const each of subscriptions ?? [{ id: firstSubscription }]) this.subscriptions.set(each.id.toLowerCase(), new Subscription(each));
  }

  /** A public address that nobody had before (198.19.0.0/16, for benchmarks). */
  newAddress(): string {
    this.#addresses += 1;
    return `198.19.${Math.floor(this.#addresses / 250)}.${(this.#addresses % 250) + 1}`;
  }

  note(id: string, state: StateNote['state']): void {
    this.notes.push({ id, state });
    this.journal.tell();
  }

  end(): void {
    this.over = true;
    this.faults.clear();
    this.journal.tell();
  }

  throttle(subscription: Subscription): number {
    const { perSecond, burst } = this.behaviour;
    if (perSecond === null) return 0;
    subscription.bucket ??= new Bucket(perSecond, burst);
    return subscription.bucket.take();
  }
}
