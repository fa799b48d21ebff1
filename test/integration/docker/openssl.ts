import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';

import { makePrivateDir } from '../../../src/system/files/atomic.js';
import { temporaryFolder } from '../../unit/certs/temporary.js';
import { listen, type Running } from './engine.js';

/** Whether the tests that need openssl can run. */
export function hasOpenssl(): Promise<boolean> {
  return new Promise((resolve) => {
    execFile('openssl', ['version'], (error) => {
      resolve(error === null);
    });
  });
}

/**
 * A TLS server that refuses clients as engines do, with an alert of the protocol; Node's own only hangs up.
 * It speaks one version of TLS and answers every request with a page of its own.
 */
export async function startOpenssl(tls: { cert: string; key: string; ca: string }, version: 'tls1_2' | 'tls1_3'): Promise<Running> {
  const folder = await temporaryFolder();
  await makePrivateDir(folder.dir);
  const { cert, key, ca } = folder.files;
  await Promise.all([writeFile(cert, tls.cert), writeFile(key, tls.key), writeFile(ca, tls.ca)]);
  const server = spawn(
    'openssl',
    [
      's_server',
      '-accept',
      '127.0.0.1:0',
      `-${version}`,
      '-cert',
      cert,
      '-key',
      key,
      '-CAfile',
      ca,
      '-Verify',
      '1',
      '-verify_return_error',
      '-www',
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const port = await new Promise<number>((resolve, reject) => {
    let output = '';
    server.once('error', reject);
    server.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const found = /^ACCEPT .*:(\d+)$/m.exec(output)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
  });
  return {
    port,
    requests: [],
    connections: () => 0,
    cut: () => undefined,
    async close() {
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
      await folder.remove();
    },
  };
}

/** Hands each connection on by the newest TLS version its client offers. */
export function startSplit({ modern, old }: { modern: number; old: number }): Promise<Running> {
  return listen(
    createServer((socket) => {
      socket.once('data', (hello) => {
        // The extension "supported_versions" (43) of a client that knows TLS 1.3 (0x0304).
        const port = hello.includes(Buffer.from([0, 43])) && hello.includes(Buffer.from([3, 4])) ? modern : old;
        const onward = connect(port, '127.0.0.1', () => {
          onward.write(hello);
        });
        socket.pipe(onward).on('error', () => socket.destroy());
        onward.pipe(socket).on('error', () => onward.destroy());
      });
    }),
    [],
    { host: '127.0.0.1', port: 0 },
  );
}
