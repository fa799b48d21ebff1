import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request as ask, type IncomingMessage } from 'node:http';
import { request as askSecurely } from 'node:https';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';

import { firstProject, type GceStandIn, type Principal } from '../../stand-ins/gce/index.js';

/** What Google answers, as far as tests look. */
export interface Answer {
  readonly http: number;
  readonly name?: string;
  readonly status?: string;
  readonly error?: {
    readonly code?: number;
    readonly message?: string;
    readonly status?: string;
    readonly errors?: readonly {
      readonly reason?: string;
      readonly code?: string;
      readonly message?: string;
      readonly errorDetails?: readonly object[];
    }[];
    readonly details?: readonly object[];
  };
  readonly items?: unknown;
  readonly [field: string]: unknown;
}

export const zone = 'us-central1-a';

/** Calls the API once, as any program may, with paths that are the project's own: `zones/us-central1-a/instances`. */
export class Client {
  readonly #cloud: GceStandIn;
  readonly #principal: Principal | undefined;
  readonly #project: string;

  constructor(
    cloud: GceStandIn,
    { principal, project = firstProject }: { readonly principal?: Principal; readonly project?: string } = {},
  ) {
    this.#cloud = cloud;
    this.#principal = principal;
    this.#project = project;
  }

  async call(verb: string, path: string, body?: unknown): Promise<Answer> {
    const whole = path.startsWith('projects/') ? path : `projects/${this.#project}${path === '' ? '' : '/'}${path}`;
    const response = await fetch(`${this.#cloud.url}/compute/v1/${whole}`, {
      method: verb,
      headers: { authorization: `Bearer ${this.#cloud.token(this.#principal)}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { ...((await response.json()) as object), http: response.status };
  }

  get(path: string): Promise<Answer> {
    return this.call('GET', path);
  }

  /** Calls, and waits for the operation. @throws Error when the call was refused at once */
  async done(verb: string, path: string, body?: unknown): Promise<Answer> {
    const begun = await this.call(verb, path, body);
    if (begun.http !== 200) throw new Error(JSON.stringify(begun.error));
    const scope = /^(zones|regions)\/[^/]+/.exec(path)?.[0] ?? 'global';
    return this.call('POST', `${scope}/operations/${begun.name}/wait`);
  }

  /** Begins to make an instance in the plainest way, with what a test adds. */
  insert(name: string, more: object = {}, requestId: string = randomUUID()): Promise<Answer> {
    return this.call('POST', `zones/${zone}/instances?requestId=${requestId}`, plainInstance(name, more));
  }

  made(name: string, more: object = {}): Promise<Answer> {
    return this.done('POST', `zones/${zone}/instances`, plainInstance(name, more));
  }
}

/** `REASON STATUS: message`, of a call that was refused. */
export function refusal({ http, error }: Answer): string {
  const [first] = error?.errors ?? [];
  return `${first?.reason ?? 'none'} ${http}: ${error?.message}`;
}

export function plainInstance(name: string, more: object = {}) {
  return {
    name,
    machineType: `zones/${zone}/machineTypes/e2-small`,
    disks: [
      {
        boot: true,
        autoDelete: true,
        initializeParams: { sourceImage: 'projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64' },
      },
    ],
    networkInterfaces: [{ network: 'global/networks/default', accessConfigs: [{ name: 'External NAT', type: 'ONE_TO_ONE_NAT' }] }],
    ...more,
  };
}

/** Posts to a host as a client behind a proxy does. @returns the answer, or the proxy's status when it refuses */
export async function throughProxy(
  proxy: string,
  { host, path, body, ca }: { readonly host: string; readonly path: string; readonly body: string; readonly ca: string },
): Promise<string> {
  const { hostname, port } = new URL(proxy);
  const tunnel = ask({ hostname, port, method: 'CONNECT', path: `${host}:443` }).end();
  const [{ statusCode }, socket] = (await once(tunnel, 'connect')) as [IncomingMessage, Socket];
  if (statusCode !== 200) return String(statusCode);
  const createConnection = () => connect({ socket, ca, servername: host });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const posting = askSecurely({ host, path, method: 'POST', headers, createConnection }).end(body);
  const [answer] = (await once(posting, 'response')) as [IncomingMessage];
  return text(answer).finally(() => socket.destroy());
}
