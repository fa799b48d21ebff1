import { writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';

import { expect } from 'chai';
import ssh2 from 'ssh2';

import { connect, type ConnectOptions } from '../../../src/ssh/dial/connect.js';
import { newEd25519 } from '../../../src/system/ed25519.js';
import { failureOf, hintOf } from '../../helpers/failure.js';
import { RecordingIo } from '../../helpers/recording-io.js';
import { scratch } from '../../helpers/scratch.js';

/** What PAM says while a host boots (pam_nologin(8)), or for an account that it refuses. */
const booting = 'System is booting up. Unprivileged users are not permitted to log in yet. Please come back later.\r\n';

describe('a host that refuses an account although the key is right', function () {
  this.timeout(20_000);
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  /** As sshd with PAM does: it says why in a banner, and closes the connection when the key has been accepted. */
  async function host(banner: string, refusals: number): Promise<{ port: number; logins: () => number }> {
    let logins = 0;
    const ssh = new ssh2.Server({ hostKeys: [newEd25519('host').private], banner });
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      ssh.once('connection', (client) => {
        client.on('error', () => undefined);
        client.on('authentication', (context) => {
          if (context.method === 'publickey' && context.signature === undefined) return context.accept();
          logins += 1;
          return logins > refusals ? context.accept() : socket.destroy();
        });
      });
      ssh.injectSocket(socket);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { port: (server.address() as AddressInfo).port, logins: () => logins };
  }
  const login = async (port: number, io: RecordingIo, options: Partial<ConnectOptions> = {}) => {
    const folder = scratch();
    const keyPath = join(folder, 'key');
    await writeFile(keyPath, newEd25519('user').private, { mode: 0o600 });
    return connect(
      { host: '127.0.0.1', port, user: 'ann', keyPath },
      {
        machine: 'm1',
        knownHostsFile: join(folder, 'known'),
        unknownHostKey: 'trust',
        io,
        signal: new AbortController().signal,
        env: { HOME: folder },
        ...options,
      },
    );
  };

  it('is waited for while it boots, and the reason is told', async () => {
    const io = new RecordingIo();
    const { port, logins } = await host(booting, 1);
    const connection = await login(port, io);
    await connection.close();
    expect(logins()).to.equal(2);
    expect(io.steps.join('\n')).to.include('lets nobody but root log in now: System is booting up.');
  });

  it('is told with its reason when the time is over, and authorized_keys is not blamed', async () => {
    const { port } = await host(booting, 100);
    const error = await failureOf(login(port, new RecordingIo(), { timeout: 1500 }));
    expect(error.code).to.equal('SSH_NOLOGIN');
    expect(error.message).to.match(/^"m1" \(127\.0\.0\.1:\d+\) lets nobody but root log in now: System is booting up\./);
    expect(hintOf(error)).to.include('/run/nologin').and.not.include('authorized_keys');
  });

  it('is told with its words when there is another reason', async () => {
    const { port, logins } = await host('Your account has expired; please contact your system administrator\r\n', 100);
    const error = await failureOf(login(port, new RecordingIo()));
    expect([error.code, logins()]).to.deep.equal(['SSH_AUTH', 1]);
    expect(error.message).to.include('Your account has expired');
    expect(hintOf(error)).to.not.include('authorized_keys');
  });
});
