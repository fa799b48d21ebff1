import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';

import { issueCertificate } from '../../../../src/certs/issue.js';
import { newKeyPair, privateKeyPem } from '../../../../src/certs/keys.js';
import { alternativeNames } from '../../../../src/certs/names.js';

/** Google's own hosts that are played here, for programs that reach the world through a proxy. */
export const googleHosts = ['compute.googleapis.com', 'oauth2.googleapis.com', 'sts.googleapis.com', 'iamcredentials.googleapis.com'];

export interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** A certificate for Google's hosts, of which nobody knows but who is told to trust it. */
export async function googleIdentity(): Promise<Identity> {
  const { publicKey, privateKey } = await newKeyPair();
  const cert = await issueCertificate({
    purpose: 'server',
    organization: 'A stand-in for Google',
    commonName: googleHosts[0] ?? '',
    publicKey,
    signingKey: privateKey,
    names: alternativeNames(googleHosts),
    notBefore: new Date(Date.now() - 3_600_000),
    notAfter: new Date(Date.now() + 86_400_000),
  });
  return { cert, key: privateKeyPem(privateKey) };
}

/** Lets a server be an HTTP proxy as well: it is Google's hosts itself, and knows no others. @param refused hears of those */
export function proxyToItself(server: Server, { cert, key }: Identity, refused: (host: string) => void): void {
  server.on('connect', ({ url = '' }: IncomingMessage, socket: Duplex) => {
    const host = url.replace(/:443$/, '');
    if (!googleHosts.includes(host)) {
      refused(url);
      return void socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    }
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    const secure = new TLSSocket(socket, { isServer: true, cert, key });
    secure.on('error', () => secure.destroy()); // a client that does not trust it, or went away
    server.emit('connection', secure);
  });
}
