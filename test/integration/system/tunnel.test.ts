import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';

import { expect } from 'chai';

import { run } from '../../../src/system/processes/exec.js';
import { scratch } from '../../helpers/scratch.js';

const port = (server: Server) => (server.address() as AddressInfo).port;
const listening = <T extends Server>(server: T) =>
  new Promise<T>((done) => {
    server.listen(0, '127.0.0.1', () => {
      done(server);
    });
  });

describe('a download from a TLS server behind a proxy', () => {
  it('goes through the tunnel, to the right server, with its certificate checked', async function () {
    const folder = scratch();
    try {
      execFileSync(
        'openssl',
        [
          'req',
          '-x509',
          '-newkey',
          'rsa:2048',
          '-nodes',
          '-days',
          '2',
          '-subj',
          '/O=test',
          '-addext',
          'subjectAltName=DNS:files.test',
          '-keyout',
          join(folder, 'key.pem'),
          '-out',
          join(folder, 'cert.pem'),
        ],
        { stdio: 'ignore' },
      );
    } catch {
      console.log('    skipped: openssl is not installed');
      this.skip();
    }
    const server = await listening(
      https.createServer(
        { key: readFileSync(join(folder, 'key.pem')), cert: readFileSync(join(folder, 'cert.pem')) },
        (request, response) => response.end(`${request.headers.host ?? ''} ${request.url ?? ''}`),
      ),
    );
    const asked: string[] = [];
    const proxy = await listening(http.createServer());
    proxy.on('connect', (request: http.IncomingMessage, client: net.Socket) => {
      asked.push(`${request.url ?? ''} ${request.headers['proxy-authorization'] ?? ''}`);
      const upstream = net.connect(port(server), '127.0.0.1', () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        upstream.pipe(client).pipe(upstream);
      });
      for (const [socket, peer] of [
        [client, upstream],
        [upstream, client],
      ] as const)
        socket.on('error', () => peer.destroy());
    });
    const fetched = (name: string) =>
      run(
        process.execPath,
        [
          '--import=tsx',
          '--input-type=module',
          '-e',
          `
      const { download } = await import(${JSON.stringify(new URL('../../../src/system/http/download.ts', import.meta.url).href)});
      const { readFileSync } = await import('node:fs');
      await download('https://${name}/disk.img', ${JSON.stringify(join(folder, 'cache'))})
        .then((file) => console.log(readFileSync(file, 'utf8')), (error) => console.log(error.message));
    `,
        ],
        {
          env: {
            NODE_EXTRA_CA_CERTS: join(folder, 'cert.pem'),
            NODE_TLS_REJECT_UNAUTHORIZED: '0', // it changes nothing
            HTTPS_PROXY: `http://ann:pw@127.0.0.1:${port(proxy)}`,
            https_proxy: '',
            NO_PROXY: '',
            no_proxy: '',
          },
        },
      );
    try {
      expect((await fetched('files.test')).stdout).to.equal('files.test /disk.img\n');
      expect(asked).to.deep.equal([`files.test:443 Basic ${Buffer.from('ann:pw').toString('base64')}`]);
      expect((await fetched('other.test')).stdout).to.match(/^Cannot fetch https:\/\/other\.test\/disk\.img: .*altnames/i);
    } finally {
      for (const one of [server, proxy]) {
        one.closeAllConnections();
        one.close();
      }
    }
  });
});
