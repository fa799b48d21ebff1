import { ArmError } from '../front/errors.js';
import type { Answer, Arrived, Handler, Kind } from '../front/kinds.js';
import { mustBeAllowedToJoin } from '../front/rights.js';
import { copy, json, list, put, same, text, type Json } from '../world/json.js';
import { newEtag, type Stored, type Subscription } from '../world/world.js';
import { begin, mustBeFree, type Link } from './tracked.js';

/** A resource that lies within another one, as subnets within their network. */
export interface Child {
  readonly type: string;
  readonly parentType: string;
  readonly versions: readonly string[];
  /** Where the parent holds them. */
  readonly list: string;
  readonly links?: (body: Json) => readonly Link[];
  /** Looks at it, beside the others of its parent. @returns what is kept. @throws ArmError */
  readonly prepare: (child: Json, parent: Stored, others: readonly Json[], arrived: Arrived) => Json;
  readonly removable?: (id: string, name: string, subscription: Subscription) => void;
  readonly show: (child: Json, parent: Stored, subscription: Subscription) => void;
}

export function childKind(kind: Child): Kind {
  const { type } = kind;
  const handlers: Record<string, Handler> = {
    GET: { action: `${type}/read`, work: (arrived) => read(arrived, kind) },
    LIST: { action: `${type}/read`, work: (arrived) => readAll(arrived, kind) },
    PUT: {
      action: `${type}/write`,
      takes: 'resource',
      work: (arrived) => write(arrived, kind),
      current: (arrived) => {
        const parent = arrived.subscription.get(parentId(arrived));
        const child = parent && children(parent, kind).find((each) => same(text(each, 'name'), arrived.address.names.at(-1)));
        return parent && child && shownChild(child, parent, kind, arrived);
      },
    },
    DELETE: { action: `${type}/delete`, work: (arrived) => remove(arrived, kind) },
  };
  return { type, versions: kind.versions, handlers };
}

function parentId({ address }: Arrived): string {
  return address.id.split('/').slice(0, -2).join('/');
}

function children(parent: Stored, kind: Child): Json[] {
  return list(parent.body, kind.list);
}

function parentOf(arrived: Arrived, { type, parentType }: Child, verb: string): Stored {
  const { subscription, address, method } = arrived;
  subscription.group(address.group ?? '');
  // a list is asked of the parent itself
  const id = address.word === undefined ? parentId(arrived) : address.id;
  const found = subscription.get(id);
  if (found) return found;
  if (method === 'GET') {
    throw new ArmError(
      404,
      'ResourceNotFound',
      `The Resource '${parentType}/${id.split('/').at(-1) ?? ''}' under resource group '${address.group ?? ''}' was not found. ` +
        'For more details please go to https://aka.ms/ARMResourceNotFoundFix',
    );
  }
  throw new ArmError(
    404,
    'ParentResourceNotFound',
    `Failed to perform '${verb}' on resource(s) of type '${type.split('/').slice(1).join('/')}', because the parent resource '${id}' could not be found.`,
  );
}

function shownChild(child: Json, parent: Stored, kind: Child, { subscription }: Arrived): Json {
  const shown = copy(child);
  kind.show(shown, parent, subscription);
  return shown;
}

function read(arrived: Arrived, kind: Child): Answer {
  const parent = parentOf(arrived, kind, 'read');
  const child = children(parent, kind).find((each) => same(text(each, 'name'), arrived.address.names.at(-1)));
  const { operations } = arrived.world;
  const running = operations.running(arrived.address.id) ?? operations.running(parent.id);
  if (running) operations.tick(running);
  if (child === undefined) {
    throw new ArmError(404, 'NotFound', `Resource ${arrived.address.id} not found.`, { details: [] });
  }
  return { status: 200, body: shownChild(child, parent, kind, arrived), shows: kind.type, headers: { etag: parent.etag } };
}

function readAll(arrived: Arrived, kind: Child): Answer {
  const parent = parentOf(arrived, kind, 'read');
  return { status: 200, body: { value: children(parent, kind).map((each) => shownChild(each, parent, kind, arrived)) }, shows: kind.type };
}

function write(arrived: Arrived, kind: Child): Answer {
  const parent = parentOf(arrived, kind, 'write');
  const { address, body, principal } = arrived;
  checkChildEtag(arrived, parent);
  mustBeFree(arrived, parent.id);
  for (const link of kind.links?.(body) ?? []) mustBeAllowedToJoin(principal, link, { action: `${kind.type}/write`, id: address.id });
  const name = address.names.at(-1) ?? '';
  const all = children(parent, kind);
  const before = all.find((each) => same(text(each, 'name'), name));
  const others = all.filter((each) => each !== before);
  const kept = kind.prepare({ ...copy(body), name, properties: copy(json(body, 'properties')) }, parent, others, arrived);
  put(parent.body, kind.list, before ? all.map((each) => (each === before ? kept : each)) : [...all, kept]);
  parent.etag = newEtag();
  const operation = begin(arrived, address.id, text(parent.body, 'location') ?? '', {
    finish: () => undefined,
    result: () => shownChild(kept, parent, kind, arrived),
  });
  return { status: before ? 200 : 201, body: shownChild(kept, parent, kind, arrived), shows: kind.type, operation };
}

function checkChildEtag({ headers, address }: Arrived, parent: Stored): void {
  const match = headers['if-match'];
  if (match === undefined || match === '*' || match === parent.etag) return;
  const message = `Precondition failed. Etag provided in if-match header ${match} does not match etag ${parent.etag} of resource ${address.id} in NRP data store.`;
  throw new ArmError(412, 'PreconditionFailed', message);
}

function remove(arrived: Arrived, kind: Child): Answer {
  const parent = parentOf(arrived, kind, 'delete');
  const { address, subscription } = arrived;
  const name = address.names.at(-1) ?? '';
  if (!children(parent, kind).some((each) => same(text(each, 'name'), name))) return { status: 204 };
  checkChildEtag(arrived, parent);
  mustBeFree(arrived, parent.id);
  kind.removable?.(address.id, name, subscription);
  const operation = begin(arrived, address.id, text(parent.body, 'location') ?? '', {
    finish: () => {
      kind.removable?.(address.id, name, subscription);
      put(
        parent.body,
        kind.list,
        children(parent, kind).filter((each) => !same(text(each, 'name'), name)),
      );
      parent.etag = newEtag();
    },
  });
  return { status: 202, operation, told: 'both' };
}
