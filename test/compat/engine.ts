import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { issueServerCertificate } from '../../src/certs/server.js';

export interface StandInEngine {
  readonly port: number;
  /** Takes the certificates of a store, whose clients it then answers. */
  serve(store: string): Promise<void>;
  close(): Promise<void>;
}

/** An engine on loopback that answers `/version` and `/_ping` over mutual TLS and nothing else. */
export async function standInEngine(version: string): Promise<StandInEngine> {
  const server: Server = createServer({ requestCert: true, rejectUnauthorized: true }, (request, response) => {
    if (request.url === '/_ping') return response.end('OK');
    const known = request.url?.endsWith('/version') === true;
    response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(
        known ? { Version: version, ApiVersion: '1.43', MinAPIVersion: '1.24', Os: 'linux', Arch: 'amd64' } : { message: 'not here' },
      ),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async serve(store) {
      const files = { caFile: join(store, 'certs', 'ca.pem'), caKeyFile: join(store, 'certs', 'ca-key.pem') };
      const { cert, key } = await issueServerCertificate({ ...files, organization: 'test.one', names: ['127.0.0.1'] });
      server.setSecureContext({ cert, key, ca: await readFile(files.caFile) });
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
