import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { ServerOptions } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';

/** A server on loopback that can be asked what happened to it. */
export interface Running {
  readonly port: number;
  /** `METHOD /path?query` of every request, in order. */
  readonly requests: readonly string[];
  /** Connections ever accepted. */
  connections(): number;
  /** Cuts every connection at once; the server goes on. */
  cut(): void;
  close(): Promise<void>;
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Answers by `METHOD /path` without the API version; what is not there is a 404 in an engine's words. */
export type Answers = Readonly<Record<string, Answer | object>>;

const pong: Answer = (_request, response) => {
  response.end('OK');
};

const version = { Version: '28.5.2', ApiVersion: '1.51', MinAPIVersion: '1.24', Os: 'linux', Arch: 'amd64' };

/**
 * A small strict engine: mutual TLS as dockerd configures it, `/version` and `/_ping` without a version, everything else only with one.
 */
export function startEngine(tls: ServerOptions, answers: Answers = {}, host = '127.0.0.1', port = 0): Promise<Running> {
  const requests: string[] = [];
  return listen(createHttpsServer({ requestCert: true, rejectUnauthorized: true, ...tls }, engine(answers, requests)), requests, {
    host,
    port,
  });
}

/** The same behind no TLS, on a port or on a socket of the file system. */
export function startPlainEngine(answers: Answers, where: { host: string; port: number } | { path: string }): Promise<Running> {
  const requests: string[] = [];
  return listen(createHttpServer(engine(answers, requests)), requests, where);
}

function engine(answers: Answers, requests: string[]): RequestListener {
  return (request, response) => {
    const { method = '', url = '' } = request;
    requests.push(`${method} ${url}`);
    const [path = ''] = url.split('?');
    const versioned = /^\/v(\d+\.\d+)(\/.*)$/.exec(path);
    const key = `${method} ${versioned?.[2] ?? path}`;
    const free = key === 'GET /version' || key === 'GET /_ping';
    if (free === (versioned !== null)) return json(response, 400, { message: `stand-in: unexpected version in ${url}` });
    const answer = answers[key] ?? (key === 'GET /version' ? version : key === 'GET /_ping' ? pong : undefined);
    if (answer === undefined) return json(response, 404, { message: 'page not found' });
    if (typeof answer === 'function') (answer as Answer)(request, response);
    else json(response, 200, answer);
  };
}

export function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

/** Starts any server and keeps track of its connections. */
export async function listen(
  server: Server,
  requests: readonly string[],
  where: { host: string; port: number } | { path: string },
): Promise<Running> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(where, resolve);
  });
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const address = server.address() as AddressInfo | string;
  return {
    port: typeof address === 'string' ? 0 : address.port,
    requests,
    connections: () => connections,
    cut,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        cut();
      }),
  };
}
