import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

import type { World } from '../world/world.js';
import type { Outgoing } from './answers.js';
import { answerAuthority } from './authority.js';
import type { Gate, Incoming } from './gate.js';
import { answerMetadata } from './metadata.js';

export interface Listening {
  readonly server: Server;
  readonly port: number;
}

/** One HTTPS server on 127.0.0.1 plays authority, metadata and resource manager. @param world the one of now */
export async function listen(tls: { readonly cert: string; readonly key: string }, world: () => World, gate: Gate): Promise<Listening> {
  const server = createServer(tls, (request, response) => {
    answer(request, response, world(), gate).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  server.keepAliveTimeout = 60_000;
  // who waits for an answer keeps the process alive, not who might ask again
  server.on('connection', (socket) => (socket as Socket).unref());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return { server, port: (server.address() as AddressInfo).port };
}

async function answer(request: IncomingMessage, response: ServerResponse, world: World, gate: Gate): Promise<void> {
  const incoming = await read(request);
  const outgoing =
    blob(world, incoming) ?? answerMetadata(world, incoming) ?? answerAuthority(world, incoming) ?? (await gate.pass(world, incoming));
  if (outgoing === 'cut') {
    request.socket.destroy();
    return;
  }
  response.writeHead(outgoing.status, outgoing.headers);
  response.end(request.method === 'HEAD' ? undefined : outgoing.body);
}

async function read(request: IncomingMessage): Promise<Incoming> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  const url = new URL(request.url ?? '/', `https://${request.headers.host ?? '127.0.0.1'}`);
  return { method: request.method ?? 'GET', url, headers, body: Buffer.concat(chunks).toString('utf8') };
}

/** The console of a machine, as a blob with a signature in its address. */
function blob(world: World, { url }: Incoming): Outgoing | undefined {
  if (!url.pathname.startsWith('/bootdiagnostics/')) return undefined;
  const console = world.consoles.get(decodeURIComponent(url.pathname.slice('/bootdiagnostics/'.length)));
  if (console === undefined || url.searchParams.get('sig') === null) return { status: 404, headers: {}, body: 'BlobNotFound' };
  return { status: 200, headers: { 'content-type': 'text/plain' }, body: console };
}
