import type { Call } from '../types.js';
import type { Operation } from '../world/operations.js';
import type { World } from '../world/world.js';
import { ArmError, Violated } from './errors.js';
import type { Answer } from './kinds.js';

/** `cut`: the connection ends without an answer. */
export type Outgoing = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string } | 'cut';

/** A call while it is worked on. */
export type OpenCall = { -readonly [K in keyof Call]: Call[K] };

export function outgoing(world: World, { status, body, headers, operation, told = 'async' }: Answer, call: Call, url: URL): Outgoing {
  const all: Record<string, string> = { ...identifying(call), ...headers };
  if (operation) Object.assign(all, operationHeaders(world, operation, told, url));
  return write(status, body, all);
}

function operationHeaders(world: World, operation: Operation, told: 'async' | 'location' | 'both', url: URL): Record<string, string> {
  const { subscription, namespace, location, id } = operation;
  const version = url.searchParams.get('api-version') ?? '';
  const place = `${url.origin}/subscriptions/${subscription}`;
  const base = namespace === 'Microsoft.Resources' ? place : `${place}/providers/${namespace}/locations/${location}`;
  const results = namespace === 'Microsoft.Resources' ? 'operationresults' : 'operationResults';
  const wait = world.behaviour.retryAfter;
  return {
    ...(told === 'location' ? {} : { 'azure-asyncoperation': `${base}/operations/${id}?api-version=${version}` }),
    ...(told === 'async' ? {} : { location: `${base}/${results}/${id}?api-version=${version}` }),
    ...(wait === null ? {} : { 'retry-after': String(wait) }),
  };
}

export function refused(world: World, call: OpenCall, error: unknown): Outgoing {
  if (!(error instanceof ArmError)) {
    world.journal.violate(call, 'OwnFault', error instanceof Error ? (error.stack ?? error.message) : String(error));
    call.outcome = 'OwnFault';
    return write(500, { error: { code: 'OwnFault', message: String(error) } }, identifying(call));
  }
  call.outcome = error.code;
  if (error instanceof Violated) world.journal.violate(call, error.code, error.message);
  return write(error.status, { error: error.body }, { ...identifying(call), 'x-ms-failure-cause': 'gateway', ...error.more.headers });
}

export function identifying({ requestId }: Call): Record<string, string> {
  return { 'x-ms-request-id': requestId, 'x-ms-correlation-request-id': requestId };
}

export function write(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Outgoing {
  const written = body === undefined ? '' : JSON.stringify(body);
  return {
    status,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }), ...headers },
    body: written,
  };
}
