import { randomUUID } from 'node:crypto';

import type { Node, PublishedTypes } from '../model/types.js';
import { problems } from '../model/check.js';
import type { Call, Fault } from '../types.js';
import { isJson, type Json } from '../world/json.js';
import type { World } from '../world/world.js';
import { identifying, outgoing, refused, write, type OpenCall, type Outgoing } from './answers.js';
import { readAddress, type Address } from './address.js';
import { ArmError, Violated } from './errors.js';
import type { Answer, Arrived, Handler, Kind } from './kinds.js';
import { login } from './login.js';
import { checkVersion, mustBeWritable, throttled } from './refusals.js';
import { mustBeAllowed } from './rights.js';

export interface Incoming {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

const readable = new Set(['GET', 'HEAD']);

/** The way of every request to the resource manager. */
export class Gate {
  readonly #kinds = new Map<string, Kind>();
  readonly #types: PublishedTypes | undefined;

  constructor(kinds: readonly Kind[], types: PublishedTypes | undefined) {
    for (const kind of kinds) this.#kinds.set(kind.type.toLowerCase(), kind);
    this.#types = types;
  }

  async pass(world: World, incoming: Incoming): Promise<Outgoing> {
    const address = readAddress(incoming.url.pathname);
    const found = this.#find(incoming.method, address);
    const call = world.journal.begin(
      {
        service: 'arm',
        action: found?.handler.action ?? `${address.type}/${address.word ?? incoming.method}`,
        method: incoming.method,
        path: incoming.url.pathname + incoming.url.search,
        subscription: address.subscription ?? null,
        principal: null,
        requestId: randomUUID(),
      },
      safeJson(incoming.body),
    );
    const played = await playFault(world, call);
    if (played.outgoing !== undefined) return played.outgoing;
    const result = await Promise.resolve().then(() => this.#answer(world, incoming, address, found, call, played.fault));
    world.journal.tell();
    if (played.fault?.kind === 'lost') return done(call, 'lost', 'cut');
    if (played.fault?.kind === 'error') return done(call, played.fault.code ?? 'InternalServerError', faultAnswer(played.fault, call));
    return result;
  }

  #find(method: string, address: Address): { kind: Kind; handler: Handler } | undefined {
    const whole = address.word === undefined || method === 'POST';
    const kind = this.#kinds.get((whole ? address.type : `${address.type}/${address.word ?? ''}`).toLowerCase());
    const wanted = (address.word === undefined ? method : method === 'POST' ? `POST ${address.word}` : 'LIST').toLowerCase();
    if (kind === undefined || (address.word !== undefined && method !== 'POST' && method !== 'GET')) return undefined;
    const handler = Object.entries(kind.handlers).find(([key]) => key.toLowerCase() === wanted)?.[1];
    return handler && { kind, handler };
  }

  #answer(
    world: World,
    incoming: Incoming,
    address: Address,
    found: { kind: Kind; handler: Handler } | undefined,
    call: OpenCall,
    fault: Fault | undefined,
  ): Outgoing {
    try {
      const { principal, subscription } = login(world, incoming, address);
      call.principal = principal.client;
      if (found === undefined) throw new Violated(404, 'InvalidResourceType', `${incoming.method} ${incoming.url.pathname} is not played.`);
      const { kind, handler } = found;
      checkVersion(kind, incoming.url.searchParams);
      const wait = world.throttle(subscription);
      if (wait > 0) throw throttled(subscription, wait);
      if (handler.action !== 'poll') mustBeAllowed(principal, handler.action, address.scope ?? address.id);
      if (!readable.has(incoming.method) && handler.always !== true) mustBeWritable(subscription, address, incoming.method);
      const arrived: Arrived = {
        world,
        subscription,
        principal,
        method: incoming.method,
        address,
        query: incoming.url.searchParams,
        headers: incoming.headers,
        body: {},
        origin: incoming.url.origin,
        call,
      };
      const body = this.#readBody(incoming, kind, handler, arrived);
      const answer = paged(handler.work({ ...arrived, body }), world.behaviour.page, incoming.url);
      if (fault?.kind === 'late' && answer.operation) {
        answer.operation.late = new ArmError(
          409,
          fault.code ?? 'InternalExecutionError',
          fault.message ?? 'An internal execution error occurred.',
        );
      }
      const word = incoming.method === 'POST' ? address.word : undefined;
      const node = word === undefined ? this.#types?.body(answer.shows ?? '') : this.#types?.output(kind.type, word);
      if (node && answer.status < 300) checkAnswer(world, call, answer, node);
      call.outcome = 'ok';
      return outgoing(world, answer, call, incoming.url);
    } catch (error) {
      return refused(world, call, error);
    }
  }

  #readBody({ body, headers }: Incoming, { type }: Kind, handler: Handler, arrived: Arrived): Json {
    const value = body === '' ? undefined : safeJson(body);
    if (body !== '' && value === undefined) {
      throw new Violated(400, 'InvalidRequestContent', 'The request content was invalid and could not be deserialized.');
    }
    if (value !== undefined && !/^application\/json\b/.test(headers['content-type'] ?? '')) {
      throw new Violated(415, 'UnsupportedMediaType', `The content media type '${headers['content-type'] ?? '<null>'}' is not supported.`);
    }
    if (handler.takes === undefined) {
      if (value === undefined || (isJson(value) && Object.keys(value).length === 0)) return {};
      throw new Violated(400, 'InvalidRequestContent', 'This request has no body.');
    }
    if (handler.takes === 'own') return isJson(value) ? value : {};
    const word = arrived.address.word ?? '';
    const node = handler.takes === 'input' ? this.#types?.input(type, word) : this.#types?.body(type);
    if (handler.takes === 'input' && value === undefined) return {};
    const way = { kind: handler.takes === 'patch' ? ('patch' as const) : ('request' as const) };
    const wrong = node === undefined ? [] : problems(value, node, way, handler.current?.(arrived));
    if (wrong.length > 0) {
      throw new Violated(400, 'InvalidRequestContent', `The request content was invalid: ${wrong.join('; ')}.`);
    }
    return isJson(value) ? value : {};
  }
}

/** Our own answers are checked as well. */
function checkAnswer(world: World, call: Call, { body }: Answer, node: Node): void {
  if (!isJson(body)) return;
  const items = Array.isArray(body['value']) && body['properties'] === undefined ? (body['value'] as unknown[]) : [body];
  for (const item of items) {
    const wrong = problems(item, node, { kind: 'answer' });
    if (wrong.length > 0) world.journal.violate(call, 'OwnAnswer', `the stand-in's answer: ${wrong.join('; ')}`);
  }
}

/** A list comes in pages; `nextLink` leads to the next one. */
function paged(answer: Answer, size: number, url: URL): Answer {
  const { body } = answer;
  if (!isJson(body) || !Array.isArray(body['value']) || 'properties' in body) return answer;
  const all: readonly unknown[] = body['value'];
  const from = Number(url.searchParams.get('$skiptoken') ?? 0);
  const rest = { ...body, value: all.slice(from, from + size) };
  if (all.length <= from + size) return { ...answer, body: rest };
  const next = new URL(url);
  next.searchParams.set('$skiptoken', String(from + size));
  return { ...answer, body: { ...rest, nextLink: next.href } };
}

async function playFault(world: World, call: OpenCall): Promise<{ readonly fault?: Fault; readonly outgoing?: Outgoing }> {
  const fault = world.faults.take(call);
  if (fault === undefined) return {};
  if (fault.kind === 'delay') await new Promise((resolve) => setTimeout(resolve, fault.ms));
  if (fault.kind === 'hang') {
    call.outcome = 'hang';
    await world.faults.hang();
    return { outgoing: 'cut' };
  }
  if (fault.kind === 'reset') return { outgoing: done(call, 'reset', 'cut') };
  if (fault.kind === 'error' && fault.after !== true) {
    return { outgoing: done(call, fault.code ?? 'InternalServerError', faultAnswer(fault, call)) };
  }
  return { fault };
}

function done(call: OpenCall, outcome: string, answer: Outgoing): Outgoing {
  call.outcome = outcome;
  return answer;
}

function faultAnswer(fault: Fault & { readonly kind: 'error' }, call: Call): Outgoing {
  const error = new ArmError(
    fault.status ?? 500,
    fault.code ?? 'InternalServerError',
    fault.message ?? 'Encountered internal server error. Please try again later.',
    fault.retryAfter === undefined ? {} : { headers: { 'retry-after': String(fault.retryAfter) } },
  );
  return write(error.status, { error: error.body }, { ...identifying(call), ...error.more.headers });
}

function safeJson(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}
