import { ArmError } from '../front/errors.js';
import type { Answer, Arrived, Handler, Kind } from '../front/kinds.js';
import { mustBeAllowedToJoin } from '../front/rights.js';
import { copy, json, put, same, text, type Json } from '../world/json.js';
import type { Operation } from '../world/operations.js';
import { newEtag, type Stored, type Subscription } from '../world/world.js';
import { checkLocation, checkZones } from './locations.js';
import { checkTags } from './tags.js';

/** A resource that another one names, and the right that joining needs. */
export interface Link {
  readonly id: string;
  readonly action: string;
}

export interface Draft {
  readonly arrived: Arrived;
  readonly before: Stored | undefined;
  readonly id: string;
  /** As it will be kept; may be changed. */
  readonly body: Json;
  /** What is kept without being shown. */
  readonly hidden: Json;
}

/** A type whose resources are made, shown and removed as all are; what is its own is said by functions. */
export interface Tracked {
  readonly type: string;
  readonly versions: readonly string[];
  /** Whether a name is allowed. @throws ArmError */
  readonly checkName: (name: string) => void;
  /** What the request names. It must exist unless `prepare` says otherwise. */
  readonly links?: (body: Json) => readonly Link[];
  /** Looks at the request and completes what is kept. @throws ArmError */
  readonly prepare?: (draft: Draft) => void;
  /** Once it is kept. */
  readonly kept?: (stored: Stored, draft: Draft) => void;
  /** Whether it may be removed. @throws ArmError */
  readonly removable?: (stored: Stored, subscription: Subscription) => void;
  readonly show?: (shown: Json, stored: Stored, subscription: Subscription) => void;
  /** At once, without a long-running operation. */
  readonly prompt?: boolean;
  /** Writes while another one works on it, on what it holds or what holds it, are refused. */
  readonly exclusive?: boolean;
  readonly etags?: boolean;
  readonly noPatch?: boolean;
}

/** Starts an operation of the world on a resource. */
export function begin(arrived: Arrived, target: string, location: string, plan: Partial<Operation> & { finish: () => void }): Operation {
  const { world, subscription, address } = arrived;
  const namespace = address.type.split('/')[0] ?? '';
  return world.operations.begin({ subscription: subscription.id, namespace, location, target, ...plan }, world.behaviour.pending);
}

export function show(stored: Stored, kind: Pick<Tracked, 'show' | 'etags'>, subscription: Subscription): Json {
  const shown: Json = { id: stored.id, name: stored.name, type: stored.type, ...copy(stored.body) };
  if (kind.etags === true) shown['etag'] = stored.etag;
  kind.show?.(shown, stored, subscription);
  return shown;
}

export function trackedKind(kind: Tracked): Kind {
  const { type } = kind;
  const read: Handler = { action: `${type}/read`, work: (arrived) => shown(200, find(arrived, kind), kind, arrived) };
  const handlers: Record<string, Handler> = {
    GET: {
      action: read.action,
      work: (arrived) => {
        const { operations } = arrived.world;
        const running = operations.running(arrived.address.id);
        if (running) operations.tick(running);
        return read.work(arrived);
      },
    },
    LIST: { action: read.action, work: (arrived) => listed(arrived, kind) },
    PUT: {
      action: `${type}/write`,
      takes: 'resource',
      work: (arrived) => write(arrived, kind),
      current: (arrived) => current(arrived, kind),
    },
    DELETE: { action: `${type}/delete`, work: (arrived) => remove(arrived, kind) },
    ...(kind.noPatch === true
      ? {}
      : { PATCH: { action: `${type}/write`, takes: 'patch' as const, work: (arrived: Arrived) => changeTags(arrived, kind) } }),
  };
  return { type, versions: kind.versions, handlers };
}

function current({ address, subscription }: Arrived, kind: Tracked): Json | undefined {
  const stored = subscription.get(address.id);
  return stored && show(stored, kind, subscription);
}

export function find({ address, subscription }: Arrived, { type }: Pick<Tracked, 'type'>): Stored {
  const group = address.group ?? '';
  subscription.group(group);
  const found = subscription.get(address.id);
  if (found) return found;
  throw new ArmError(
    404,
    'ResourceNotFound',
    `The Resource '${type}/${address.names.at(-1) ?? ''}' under resource group '${group}' was not found. ` +
      'For more details please go to https://aka.ms/ARMResourceNotFoundFix',
  );
}

export function shown(status: number, stored: Stored, kind: Pick<Tracked, 'type' | 'show' | 'etags'>, arrived: Arrived): Answer {
  const body = show(stored, kind, arrived.subscription);
  return { status, body, shows: kind.type, ...(kind.etags === true ? { headers: { etag: stored.etag } } : {}) };
}

export function listed(arrived: Arrived, kind: Pick<Tracked, 'type' | 'show' | 'etags'>): Answer {
  const { subscription, address } = arrived;
  if (address.group !== undefined) subscription.group(address.group);
  const all = subscription.of(kind.type).filter(({ group }) => address.group === undefined || same(group, address.group));
  const seen = all.filter((each) => each.unseen-- <= 0);
  return { status: 200, body: { value: seen.map((each) => show(each, kind, subscription)) }, shows: kind.type };
}

/** What every PUT of a resource in a group is asked first. */
export function admit(arrived: Arrived, kind: Pick<Tracked, 'type' | 'checkName' | 'exclusive' | 'links'>): Stored | undefined {
  const { subscription, address, body, headers } = arrived;
  const group = subscription.group(address.group ?? '');
  if (subscription.deleting.has(group.id.toLowerCase())) {
    const text = `The resource group '${group.name}' is in deprovisioning state and cannot perform this operation.`;
    throw new ArmError(409, 'ResourceGroupBeingDeleted', text);
  }
  const before = subscription.get(address.id);
  const name = address.names.at(-1) ?? '';
  if (before === undefined) kind.checkName(name);
  checkTags(body['tags']);
  const location = checkLocation(body, kind.type);
  if (before && !same(text(before.body, 'location'), location)) {
    throw new ArmError(
      409,
      'InvalidResourceLocation',
      `The resource '${name}' already exists in location '${text(before.body, 'location') ?? ''}' in resource group '${group.name}'. ` +
        `A resource with the same name cannot be created in location '${location}'. Please select a new resource name.`,
    );
  }
  checkZones(body, kind.type, name);
  checkEtag(address.id, before, headers);
  if (kind.exclusive === true) mustBeFree(arrived, address.id);
  const action = `${kind.type}/write`;
  for (const link of kind.links?.(body) ?? []) mustBeAllowedToJoin(arrived.principal, link, { action, id: address.id });

  return before;
}

export function mustBeFree({ world, origin }: Arrived, id: string): void {
  const other = world.operations.around(id);
  if (other === undefined) return;
  world.operations.tick(other);
  if (other.status !== 'InProgress') return;
  throw new ArmError(
    429,
    'AnotherOperationInProgress',
    `Another operation on this or dependent resource is in progress. To retrieve status of the operation use uri: ${origin}/subscriptions/` +
      `${other.subscription}/providers/${other.namespace}/locations/${other.location}/operations/${other.id}?api-version=2025-05-01.`,
    { headers: { 'retry-after': String(world.behaviour.retryAfter ?? 10) } },
  );
}

function checkEtag(id: string, before: Stored | undefined, headers: Arrived['headers']): void {
  const [match, none] = [headers['if-match'], headers['if-none-match']];
  const refuse = (why: string) => new ArmError(412, 'PreconditionFailed', `Precondition failed. ${why}`);
  if (none === '*' && before) throw refuse(`Resource ${id} already exists.`);
  if (match === undefined || (match === '*' && before)) return;
  if (match !== before?.etag) {
    throw refuse(
      `Etag provided in if-match header ${match} does not match etag ${before?.etag ?? '(none)'} of resource ${id} in NRP data store.`,
    );
  }
}

function write(arrived: Arrived, kind: Tracked): Answer {
  const before = admit(arrived, kind);
  const { subscription, address, world } = arrived;
  const id = before?.id ?? address.id;
  const body = copy(arrived.body);
  for (const name of ['id', 'name', 'type', 'etag']) delete body[name];
  body['properties'] = { ...json(body, 'properties') };
  body['location'] = checkLocation(body, kind.type);
  const draft: Draft = { arrived, before, id, body, hidden: before?.hidden ?? {} };
  kind.prepare?.(draft);
  const stored = keep(draft, kind.type, world.behaviour.unseenInLists);
  kind.kept?.(stored, draft);
  put(stored.body, 'properties.provisioningState', kind.prompt === true ? 'Succeeded' : 'Updating');
  const status = before ? 200 : 201;
  if (kind.prompt === true) return shown(status, stored, kind, arrived);
  const settle = (state: string) => () => {
    put(stored.body, 'properties.provisioningState', state);
    stored.etag = newEtag();
  };
  const result = () => show(stored, kind, subscription);
  const operation = begin(arrived, id, text(body, 'location') ?? '', { finish: settle('Succeeded'), fail: settle('Failed'), result });
  return { ...shown(status, stored, kind, arrived), operation };
}

export function keep({ arrived, before, id, body, hidden }: Draft, type: string, unseen: number): Stored {
  const { subscription, address } = arrived;
  if (before) {
    before.body = body;
    before.etag = newEtag();
    return before;
  }
  const group = subscription.group(address.group ?? '').name;
  return subscription.add({ id, type, name: address.names.at(-1) ?? '', group, body, hidden }, unseen);
}

function remove(arrived: Arrived, kind: Tracked): Answer {
  const { subscription, address } = arrived;
  subscription.group(address.group ?? '');
  const stored = subscription.get(address.id);
  if (stored === undefined) return { status: 204 };
  checkEtag(address.id, stored, arrived.headers);
  if (kind.exclusive === true) mustBeFree(arrived, stored.id);
  kind.removable?.(stored, subscription);
  if (kind.prompt === true) {
    subscription.delete(stored.id);
    return { status: 200 };
  }
  const before = text(stored.body, 'properties.provisioningState');
  put(stored.body, 'properties.provisioningState', 'Deleting');
  const operation = begin(arrived, stored.id, text(stored.body, 'location') ?? '', {
    finish: () => {
      kind.removable?.(stored, subscription);
      subscription.delete(stored.id);
    },
    fail: () => {
      put(stored.body, 'properties.provisioningState', before);
    },
  });
  return { status: 202, operation, told: 'both' };
}

function changeTags(arrived: Arrived, kind: Tracked): Answer {
  const stored = find(arrived, kind);
  checkTags(arrived.body['tags']);
  if (arrived.body['tags'] !== undefined) stored.body['tags'] = copy(arrived.body['tags']);
  stored.etag = newEtag();
  return shown(200, stored, kind, arrived);
}
