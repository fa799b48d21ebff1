import type { IncomingMessage } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';

import { json, listen, type Running } from '../docker/engine.js';

/** What a container was created with, and what became of it. */
export interface Container {
  readonly Id: string;
  readonly Name: string;
  readonly body: { readonly Image: string; readonly Env: string[]; readonly [field: string]: unknown };
  running: boolean;
}

export interface StandIn extends Running {
  /** Name to id. */
  readonly images: Map<string, string>;
  /** What its registry has, name to id. */
  readonly registry: Map<string, string>;
  readonly containers: Map<string, Container>;
  /** Containers that end as soon as they are started, by name, with what they print. */
  readonly ending: Map<string, string>;
  /** Ports that are taken: a container that wants one of them does not start. */
  readonly taken: Set<string>;
}

const engineVersion = { Version: '29.1.0', ApiVersion: '1.52', MinAPIVersion: '1.44', Os: 'linux', Arch: 'amd64' };

/** An engine over mutual TLS that keeps images and containers: as strict as dockerd about names and states, and about versions in paths. */
export async function startStandIn(tls: ServerOptions): Promise<StandIn> {
  const requests: string[] = [];
  const state = {
    images: new Map<string, string>(),
    registry: new Map<string, string>(),
    containers: new Map<string, Container>(),
    ending: new Map<string, string>(),
    taken: new Set<string>(),
  };
  let made = 0;
  let restarts = 0;
  const find = (key: string) => [...state.containers.values()].find((one) => one.Id === key || one.Name === key);

  async function answer(request: IncomingMessage): Promise<[number, (object | Buffer)?]> {
    const { method = '' } = request;
    const url = new URL(request.url ?? '', 'http://engine');
    if (method === 'GET' && url.pathname === '/version') return [200, engineVersion];
    if (method === 'GET' && url.pathname === '/_ping') return [200, {}];
    const [, version = '', path = ''] = /^\/v(\d+\.\d+)(\/.*)$/.exec(url.pathname) ?? [];
    const minor = Number(version.split('.')[1]);
    if (!(minor >= 44 && minor <= 52)) return [400, { message: `client version ${version} is not supported` }];
    const body: unknown = JSON.parse((await text(request)) || '{}');
    const image = /^\/images\/(.+)\/json$/.exec(path)?.[1];
    if (method === 'GET' && image !== undefined) return inspectImage(decodeURIComponent(image));
    const query = (name: string) => url.searchParams.get(name) ?? '';
    if (method === 'POST' && path === '/images/create') return pull(`${query('fromImage')}:${query('tag')}`);
    if (method === 'POST' && path === '/containers/create') return create(query('name'), body as Container['body']);
    const [, key = '', verb = ''] = /^\/containers\/([\w-]+)(\/\w+)?$/.exec(path) ?? [];
    const container = find(key);
    if (!container) return [404, { message: `No such container: ${key}` }];
    if (method === 'GET' && verb === '/logs') return [200, framed(state.ending.get(container.Name) ?? '')];
    if (method === 'GET' && verb === '/json') return [200, inspected(container)];
    if (method === 'POST' && verb === '/start') return start(container);
    if (method === 'DELETE' && verb === '') return remove(container, query('force') === 'true');
    return [404, { message: 'page not found' }];
  }

  function inspectImage(name: string): [number, object] {
    const id = state.images.get(name);
    return id === undefined ? [404, { message: `No such image: ${name}` }] : [200, { Id: id, Config: { Env: ['PATH=/usr/bin'] } }];
  }

  function pull(name: string): [number, object] {
    const id = state.registry.get(name);
    if (id === undefined) return [200, { errorDetail: {}, error: `manifest for ${name} not found` }];
    state.images.set(name, id);
    return [200, { status: `Status: Downloaded newer image for ${name}` }];
  }

  function create(name: string, body: Container['body']): [number, object] {
    if (find(name)) return [409, { message: `Conflict. The container name "/${name}" is already in use` }];
    if (!state.images.has(body.Image)) return [404, { message: `No such image: ${body.Image}` }];
    const container = { Id: `c${(made += 1)}`, Name: name, body, running: false };
    state.containers.set(container.Id, container);
    return [201, { Id: container.Id, Warnings: [] }];
  }

  function inspected({ Id, Name, running, body: { Image, Env, HostConfig, ...config } }: Container): object {
    const { Binds, PortBindings, RestartPolicy } = HostConfig as Record<string, unknown>;
    return {
      Id,
      Name: `/${Name}`,
      Image: state.images.get(Image),
      RestartCount: state.ending.has(Name) ? (restarts += 1) : 0,
      State: { Running: running, Restarting: false, ExitCode: state.ending.has(Name) ? 1 : 0 },
      Config: { ...config, Image, Env: [...Env, 'PATH=/usr/bin'] },
      HostConfig: {
        Binds: (Binds as unknown[]).length === 0 ? null : Binds,
        PortBindings,
        RestartPolicy: { ...(RestartPolicy as object), MaximumRetryCount: 0 },
      },
    };
  }

  function start(container: Container): [number, object?] {
    const ports = Object.keys((container.body['HostConfig'] as { PortBindings: object }).PortBindings);
    const busy = ports.find((port) => state.taken.has(port));
    if (busy !== undefined) return [500, { message: `failed to set up container networking: ${busy} is already allocated` }];
    if (container.running) return [304];
    container.running = true;
    return [204];
  }

  function remove(container: Container, force: boolean): [number, object?] {
    if (container.running && !force) return [409, { message: `cannot remove container "/${container.Name}": container is running` }];
    state.containers.delete(container.Id);
    return [204];
  }

  const server = createServer({ requestCert: true, rejectUnauthorized: true, ...tls }, (request, response) => {
    requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
    answer(request).then(
      ([status, body]) => {
        if (Buffer.isBuffer(body)) response.writeHead(status).end(body);
        else if (body === undefined) response.writeHead(status).end();
        else json(response, status, body);
      },
      (error: unknown) => {
        response.destroy(error as Error);
      },
    );
  });
  return { ...(await listen(server, requests, { host: '127.0.0.1', port: 0 })), ...state };
}

/** As engines send the output of a container without a terminal: 8 bytes before each piece, here of standard error. */
function framed(lines: string): Buffer {
  const bytes = Buffer.from(`${lines}\n`);
  const head = Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([head, bytes]);
}

async function text(request: IncomingMessage): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of request as AsyncIterable<Uint8Array>) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}
