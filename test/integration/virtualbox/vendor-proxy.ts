import { writeFileSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import tls from 'node:tls';

import { makeAuthority } from '../docker/certificates.js';
import type { VendorServer } from '../guest/vendor.js';

const hosts = ['cloud.debian.org', 'cloud-images.ubuntu.com'];

/** A proxy that leads to a stand-in where the image vendors' servers are asked for, over TLS, and plainly to anybody else. */
export class VendorProxy {
  /** `CONNECT cloud.debian.org:443`, `GET http://127.0.0.1:8080/disk`. */
  readonly asked: string[] = [];
  readonly env: NodeJS.ProcessEnv;
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly proxy: Server,
    private readonly vendor: tls.Server,
    caFile: string,
  ) {
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    this.env = { HTTPS_PROXY: url, https_proxy: url, HTTP_PROXY: url, http_proxy: url, NODE_EXTRA_CA_CERTS: caFile };
    for (const server of [proxy, vendor]) server.on('connection', (socket: Socket) => this.#sockets.add(socket));
    proxy.on('connect', (message: IncomingMessage, client: Socket) => {
      this.#tunnel(message, client);
    });
    proxy.on('request', (message, response) => {
      this.asked.push(`${message.method ?? ''} ${message.url ?? ''}`);
      request(message.url ?? '', { headers: message.headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(response);
      }).end();
    });
  }

  static async open(dir: string, vendor: VendorServer): Promise<VendorProxy> {
    const authority = await makeAuthority();
    const caFile = join(dir, 'vendors-ca.pem');
    writeFileSync(caFile, authority.client.ca);
    const port = Number(new URL(vendor.origin).port);
    const secure = tls.createServer(await authority.server(hosts), (client) => {
      couple(client, connect(port, '127.0.0.1'));
    });
    const proxy = createServer();
    await Promise.all(
      [secure, proxy].map(
        (server) =>
          new Promise<void>((done) => {
            server.listen(0, '127.0.0.1', done);
          }),
      ),
    );
    await authority.remove();
    return new VendorProxy(proxy, secure, caFile);
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.proxy.close();
    this.vendor.close();
  }

  #tunnel({ url = '' }: IncomingMessage, client: Socket): void {
    this.asked.push(`CONNECT ${url}`);
    if (!hosts.includes(url.replace(/:443$/, ''))) return void client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    client.write('HTTP/1.1 200 OK\r\n\r\n');
    couple(client, connect((this.vendor.address() as AddressInfo).port, '127.0.0.1'));
  }
}

function couple(one: Socket, other: Socket): void {
  for (const [socket, peer] of [
    [one, other],
    [other, one],
  ] as const)
    socket
      .on('error', () => {
        peer.destroy();
      })
      .on('close', () => {
        peer.destroy();
      });
  one.pipe(other).pipe(one);
}
