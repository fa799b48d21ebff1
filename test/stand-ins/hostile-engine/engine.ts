import { createServer as createHttpServer, type RequestListener, type ServerResponse } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import { createServer as createPlainServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { waysOfHttp, waysOfVersion, type Json } from './ways.js';

export interface HostileEngine {
  readonly port: number;
  close(): void;
}

/** The certificates of a store, and those that no client of it should accept. */
export interface Certificates {
  readonly good: ServerOptions;
  /** Signed by another CA. */
  readonly foreign: ServerOptions;
  readonly expired: ServerOptions;
}

/** How the engine misbehaves. `late`: not at `/version` and `/_ping`. */
export interface Misbehaviour {
  readonly way: string;
  readonly late: boolean;
}

/** A manager of a swarm of one node, or an engine in no swarm. */
function politeAnswer(method: string, path: string, swarm: boolean): Json | undefined {
  const node = {
    ID: 'n1',
    Version: { Index: 7 },
    Spec: { Role: 'manager', Availability: 'active', Labels: {} },
    Description: { Hostname: 'm1', Engine: { EngineVersion: '28.5.2' } },
    Status: { State: 'ready', Addr: '127.0.0.1' },
    ManagerStatus: { Leader: true, Reachability: 'reachable', Addr: '127.0.0.1:2377' },
  };
  const cluster = {
    ID: 'c1',
    Version: { Index: 3 },
    CreatedAt: '2026-01-01T00:00:00Z',
    Spec: { Labels: null, Orchestration: { TaskHistoryRetentionLimit: 5 }, CAConfig: { NodeCertExpiry: 1 } },
    TLSInfo: { TrustRoot: '' },
    RootRotationInProgress: false,
    DefaultAddrPool: ['10.0.0.0/8'],
    SubnetSize: 24,
    DataPathPort: 4789,
    JoinTokens: { Worker: 'SWMTKN-1-worker', Manager: 'SWMTKN-1-manager' },
  };
  const membership = {
    NodeID: 'n1',
    NodeAddr: '127.0.0.1',
    LocalNodeState: 'active',
    ControlAvailable: true,
    Error: '',
    RemoteManagers: [{ NodeID: 'n1', Addr: '127.0.0.1:2377' }],
    Cluster: { ID: 'c1' },
  };
  const none = { NodeID: '', LocalNodeState: 'inactive', ControlAvailable: false, RemoteManagers: null };
  const answers: Readonly<Record<string, Json>> = {
    'GET /version': { Version: '28.5.2', ApiVersion: '1.47', MinAPIVersion: '1.24', Os: 'linux', Arch: 'amd64' },
    'GET /info': { ID: 'e1', Name: 'm1', ServerVersion: '28.5.2', LiveRestoreEnabled: false, Swarm: swarm ? membership : none },
    'GET /nodes': [node],
    'GET /nodes/n1': node,
    'GET /swarm': cluster,
    'GET /networks': [{ Id: 'n1', Name: 'ingress', Driver: 'overlay' }],
    'GET /services': [{ Spec: { Name: 's1', Mode: { Replicated: {} } }, ServiceStatus: { RunningTasks: 1, DesiredTasks: 1 } }],
    'GET /tasks': [{ ID: 't1', ServiceID: 's1', NodeID: 'n1', Status: { State: 'running' }, DesiredState: 'running' }],
    'GET /swarm/unlockkey': { UnlockKey: 'SWMKEY-1-x' },
  };
  return answers[`${method} ${path}`];
}

/** @param swarm whether it is the manager of a swarm @param misbehaviour undefined for a polite one */
export async function startHostileEngine(certificates: Certificates, swarm: boolean, misbehaviour?: Misbehaviour): Promise<HostileEngine> {
  const server = serverFor(certificates, listener(swarm, misbehaviour), misbehaviour?.way ?? '');
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => undefined).on('clientError', () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Ways of the connection itself, before there is any HTTP. */
export const waysOfConnection = [
  'is silent from the start',
  'hangs up at once',
  'resets the connection',
  'greets as another protocol',
  'resets within the handshake',
  'speaks plain HTTP',
  'has the certificate of another CA',
  'has an expired certificate',
  'refuses every client',
] as const;

function serverFor({ good, foreign, expired }: Certificates, answer: RequestListener, way: string): Server {
  const secure = (options: ServerOptions) => createServer({ requestCert: true, rejectUnauthorized: true, ...options }, answer);
  switch (way) {
    case 'is silent from the start':
      return createPlainServer();
    case 'hangs up at once':
      return createPlainServer((socket) => socket.end());
    case 'resets the connection':
      return createPlainServer((socket) => socket.resetAndDestroy());
    case 'greets as another protocol':
      return createPlainServer((socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'));
    case 'resets within the handshake':
      return createPlainServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
    case 'speaks plain HTTP':
      return createHttpServer(answer);
    case 'has the certificate of another CA':
      return secure({ ...foreign, ca: good.ca });
    case 'has an expired certificate':
      return secure(expired);
    case 'refuses every client':
      return secure({ ...good, ca: foreign.ca });
    default:
      return secure(good);
  }
}

function listener(swarm: boolean, misbehaviour: Misbehaviour | undefined): RequestListener {
  return (request, response) => {
    request.resume();
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    const { method = '', url = '' } = request;
    const path = url.replace(/^\/v\d+\.\d+(?=\/)/, '').split('?')[0] ?? '';
    const polite = politeAnswer(method, path, swarm);
    const introduces = path === '/version' || path === '/_ping';
    const version = misbehaviour && waysOfVersion[misbehaviour.way];
    if (version !== undefined && path === '/version') return json(response, version);
    const way = misbehaviour && waysOfHttp[misbehaviour.way];
    if (way && !(misbehaviour.late && introduces)) return way(request, response, polite ?? { message: 'page not found' });
    if (path === '/_ping') return void response.end('OK');
    if (polite !== undefined) return json(response, polite);
    if (method === 'GET') response.writeHead(404);
    json(response, method === 'GET' ? { message: 'page not found' } : 'n1');
  };
}

function json(response: ServerResponse, value: Json): void {
  response.end(JSON.stringify(value));
}
