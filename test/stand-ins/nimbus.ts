import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import type { AccountContext, Owner } from '../../src/driver/index.js';

type Caller = Pick<AccountContext, 'secrets' | 'signal' | 'limit'>;
export type Api = (ctx: Caller, method: string, path: string, body?: object) => Promise<unknown>;

interface Server {
  readonly id: string;
  readonly name: string;
  readonly token: string;
  readonly ip: string;
  readonly labels: Owner & { readonly by: string };
  state: 'running' | 'stopped';
}

/** The cloud of the example in docs/writing-a-driver.md, as its API answers. */
export class Nimbus {
  readonly servers = new Map<string, Server>();
  around: <T>(call: string, carryOut: () => Promise<T>) => Promise<T> = (_call, carryOut) => carryOut();

  readonly api: Api = (_ctx, method, path, body) =>
    this.around(`${method} ${path}`, () => Promise.resolve(this.#answer(method, new URL(path, 'https://api.nimbus.example'), body)));

  #answer(method: string, { pathname, searchParams }: URL, body?: object): unknown {
    const [, , id, verb] = pathname.split('/');
    if (id === undefined) return method === 'POST' ? this.#make(body as Server) : this.#list(searchParams.get('label') ?? '');
    const server = this.servers.get(id);
    if (server && verb !== undefined) server.state = verb === 'start' ? 'running' : 'stopped';
    if (method === 'DELETE') this.servers.delete(id);
    return server && method === 'GET' ? { ...server } : undefined;
  }

  /** The same token makes one server only. */
  #make(wanted: Server): Server {
    const known = [...this.servers.values()].find(({ token }) => token === wanted.token);
    const number = this.servers.size + 1;
    const server: Server = known ?? { ...wanted, id: `server-${wanted.token}`, ip: `192.0.2.${number}`, state: 'running' };
    this.servers.set(server.id, server);
    return { ...server };
  }

  #list(label: string): Server[] {
    const [name, value] = label.split('=');
    return [...this.servers.values()].filter(({ labels }) => Object.entries(labels).some(([key, own]) => key === name && own === value));
  }

  /** Serves the API to one token. @returns the server, and its address */
  async serve(token: string): Promise<{ server: HttpServer; address: string }> {
    const server = createServer((request, response) => {
      const { method = 'GET', url = '/', headers } = request;
      void text(request).then((body) => {
        if (headers.authorization !== `Bearer ${token}`) return response.writeHead(401).end();
        const answer = this.#answer(method, new URL(url, 'http://localhost'), body === '' ? undefined : (JSON.parse(body) as object));
        const found = answer !== undefined || method !== 'GET';
        return response.writeHead(found ? (answer === undefined ? 204 : 200) : 404).end(answer === undefined ? '' : JSON.stringify(answer));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }
}
