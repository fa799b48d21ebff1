import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { AddressInfo } from 'node:net';

import { Methods, type Description, type Match } from '../api/description.js';
import { broken, notPlayed, Refusal, throttled } from '../api/errors.js';
import { Validator } from '../api/validate.js';
import type { Fault, WorldOptions } from '../types.js';
import { repeated } from '../world/begin.js';
import { handlers } from '../world/handlers.js';
import { World, type Request } from '../world/world.js';
import { Faults, Rate } from './faults.js';
import { Journal, withoutSecrets, type Entry } from './journal.js';
import { expectAllowed, needs } from './permissions.js';
import { googleIdentity, proxyToItself } from './proxy.js';
import { callerOf, tokenService } from './tokens.js';

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The way of every request. */
export class Front {
  world = new World({});
  journal = new Journal();
  faults = new Faults();
  readonly #server: Server;
  readonly #methods: Methods;
  readonly #validator: Validator;
  #rate = new Rate();
  #proxy: Promise<string> | undefined;
  readonly #hanging = new Set<ServerResponse>();

  constructor(description: Description) {
    this.#methods = new Methods(description);
    this.#validator = new Validator(description);
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.#server.keepAliveTimeout = 60_000;
    // the process of the tests ends without waiting for connections that clients keep
    this.#server.on('connection', (socket) => void socket.unref());
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#server.unref();
    return (this.#server.address() as AddressInfo).port;
  }

  /** Makes it a proxy, too, at the first call. @returns the certificate that its callers must trust */
  asProxy(): Promise<string> {
    return (this.#proxy ??= googleIdentity().then((identity) => {
      proxyToItself(this.#server, identity, (host) => {
        const entry = this.journal.begin({ service: 'other', action: `CONNECT ${host}`, project: null, place: null, params: {} });
        this.journal.violate(entry, `a call to ${host}, which is none of the hosts that are played`);
        this.journal.end(entry, 'refused');
      });
      return identity.cert;
    }));
  }

  async stop(): Promise<void> {
    this.letGo();
    for (const { operations } of this.world.projects.values()) operations.letGo();
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  reset(options: WorldOptions): void {
    this.letGo();
    for (const { operations } of this.world.projects.values()) operations.letGo();
    const before = this.world;
    this.world = new World(options);
    this.journal = new Journal();
    this.faults = new Faults();
    this.#rate = new Rate();
    before.wake();
  }

  /** Cuts off the calls that hang. */
  letGo(): void {
    for (const response of this.#hanging) response.destroy();
    this.#hanging.clear();
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { journal, world, faults } = this;
    const text = await textOf(incoming);
    const { pathname: path, searchParams: query } = new URL(incoming.url ?? '/', 'http://stand-in');
    const verb = incoming.method ?? 'GET';
    const [first] = world.projects.values();
    const { principals } = world;
    const project = { id: first?.id ?? '', number: first?.number ?? '' };
    const tokens = tokenService({ path, verb, headers: incoming.headers, body: text, principals, project });
    const match = tokens ? undefined : this.#methods.find(verb, path);
    const body = bodyOf(text);
    const entry = journal.begin({
      service: tokens?.[0] ?? (match ? 'compute' : 'other'),
      action: tokens?.[1] ?? match?.method.id.replace('compute.', '') ?? `${verb} ${path}`,
      project: match?.place['project'] ?? null,
      place: match?.place['zone'] ?? match?.place['region'] ?? null,
      params: tokens
        ? {}
        : { ...match?.place, ...Object.fromEntries(query), ...(body === undefined ? {} : { body: withoutSecrets(body) }) },
    });
    const fault = faults.take(entry);
    if (fault?.kind === 'delay') await pause(fault.ms, undefined, { ref: false });
    if (fault?.kind === 'reset') return this.#cut(journal, entry, response, 'reset');
    if (fault?.kind === 'hang') {
      journal.end(entry, 'hang');
      return void this.#hanging.add(response);
    }
    const carryOut = async () => {
      if (fault?.kind === 'throttle' || (fault?.kind === 'error' && fault.after !== true)) throw refusalOf(fault, world, entry);
      if (tokens) return tokens[2]();
      const answer = await this.#compute({ entry, match, query, body, incoming, fault });
      if (fault?.kind === 'error') throw refusalOf(fault, world, entry);
      return answer;
    };
    const answer = await answered(carryOut, journal, entry);
    if (fault?.kind === 'lost') return this.#cut(journal, entry, response, 'lost');
    send(response, answer, tokens?.[0] === 'metadata');
    journal.end(entry, answer.status < 400 ? 'ok' : reasonOf(answer));
  }

  #cut(journal: Journal, entry: Entry, response: ServerResponse, outcome: string): void {
    response.destroy();
    journal.end(entry, outcome);
  }

  async #compute(given: Given): Promise<unknown> {
    const { world, journal } = this;
    const { entry, match, query, incoming } = given;
    if (!match) throw notPlayed(`${entry.action}, which Google's description does not have`);
    const { method, place } = match;
    const principal = callerOf(incoming.headers.authorization, world.principals, method.id);
    entry.principal = principal.email;
    const project = world.project(place['project'] ?? '');
    const { perSecond } = world.behaviour;
    if (perSecond !== undefined && perSecond !== null && !this.#rate.allows(project.id, perSecond)) throw throttled(project.number, 1);
    const { body } = given;
    if (body === notJson) throw new Refusal(400, 'parseError', 'Parse Error', { violation: true });
    const wrong = [...this.#validator.parameters(method, place, query), ...this.#validator.request(method, body)];
    if (query.has('fields') || incoming.headers['x-goog-fieldmask'] !== undefined) throw notPlayed('answers in parts (fields)');
    for (const { message } of wrong.slice(1)) journal.violate(entry, message);
    if (wrong[0]) throw new Refusal(400, wrong[0].reason === 'required' ? 'required' : 'invalid', wrong[0].message, { violation: true });
    project.expectPlace(place);
    const { fault } = given;
    const late = fault?.kind === 'late' ? { code: fault.code, message: fault.message, status: fault.status ?? 400 } : undefined;
    const request: Request = { ...match, world, project, query, body, principal, late };
    const needed = needs(request);
    entry.permissions = needed.map(([permission]) => permission);
    expectAllowed(request, needed);
    const handler = handlers[entry.action];
    if (!handler) throw notPlayed(entry.action);
    const answer: unknown = structuredClone(repeated(request) ?? (await handler(request)));
    for (const { message, where } of this.#validator.answer(method, answer)) journal.violate(entry, `our answer, ${where}: ${message}`);
    return answer;
  }
}

interface Given {
  readonly entry: Entry;
  readonly match: Match | undefined;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly incoming: IncomingMessage;
  readonly fault: Fault | undefined;
}

/** In place of a body that is no JSON. */
const notJson = Symbol('not JSON');

/** Google's client for Node.js sends an empty text, quoted, with a POST that takes nothing. */
function bodyOf(text: string): unknown {
  if (text === '' || text === '""' || text === '{}') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return notJson;
  }
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

async function answered(carryOut: () => Promise<unknown>, journal: Journal, entry: Entry): Promise<Answer> {
  try {
    return { status: 200, body: await carryOut() };
  } catch (error) {
    if (error instanceof Refusal) {
      if (error.violation) journal.violate(entry, error.message);
      return { status: error.status, body: error.body, headers: error.headers };
    }
    journal.violate(entry, `the stand-in failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return { status: 500, body: broken(500).body };
  }
}

function refusalOf(fault: Fault, { projects }: World, { project }: Entry): Refusal {
  if (fault.kind === 'throttle') return throttled(projects.get(project ?? '')?.number ?? '', fault.seconds ?? 1);
  const { status = 503, reason, message } = fault as { status?: number; reason?: string; message?: string };
  const usual = broken(status);
  return new Refusal(status, reason ?? usual.reason, message ?? usual.message);
}

function reasonOf({ body }: Answer): string {
  const { error } = body as { error?: string | { errors?: readonly { readonly reason?: string }[] } };
  return typeof error === 'string' ? error : (error?.errors?.[0]?.reason ?? 'error');
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer, metadata: boolean): void {
  const plain = typeof body === 'string';
  response.writeHead(status, {
    'content-type': plain ? 'text/plain' : 'application/json; charset=UTF-8',
    ...(metadata ? { 'metadata-flavor': 'Google' } : {}),
    ...headers,
  });
  response.end(plain ? body : JSON.stringify(body));
}
