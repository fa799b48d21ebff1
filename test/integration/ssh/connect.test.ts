import { mkdir } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';

import { expect } from 'chai';

import { waitFor } from '../../../src/base/wait.js';
import type { SshEndpoint } from '../../../src/base/shell.js';
import { connect, type ConnectOptions, type SshConnection } from '../../../src/ssh/dial/connect.js';
import { failureOf, reasonOf } from '../../helpers/failure.js';
import { RecordingIo } from '../../helpers/recording-io.js';
import { copyKey, freePort, me, needSshd, workshop, type Sshd, type Workshop } from '../../helpers/sshd.js';

describe('logging in over SSH', function () {
  this.timeout(20_000);
  let shop: Workshop;
  let server: Sshd;
  let key: string;
  let io: RecordingIo;
  let files = 0;
  const open: SshConnection[] = [];

  before(async function () {
    needSshd(this);
    shop = await workshop();
    key = await shop.key('right');
    server = await shop.sshd({ authorized: [key] });
  });
  after(async () => {
    await shop.clean();
  });
  beforeEach(() => {
    io = new RecordingIo();
  });
  afterEach(async () => {
    for (const connection of open.splice(0)) await connection.close();
  });

  const login = async (endpoint: Partial<SshEndpoint> = {}, options: Partial<ConnectOptions> = {}): Promise<SshConnection> => {
    const connection = await connect(
      { host: '127.0.0.1', port: server.port, user: me, keyPath: key, ...endpoint },
      {
        machine: 'm1',
        knownHostsFile: join(shop.folder, `known-${(files += 1)}`),
        unknownHostKey: 'trust',
        io,
        signal: new AbortController().signal,
        env: { HOME: shop.home, PATH: process.env['PATH'] },
        ...options,
      },
    );
    open.push(connection);
    return connection;
  };

  it('logs in once for everything that follows', async () => {
    const before = server.accepted();
    const connection = await login();
    expect((await connection.exec('echo one')).stdout).to.equal('one\n');
    expect((await connection.exec('echo two')).stdout).to.equal('two\n');
    await connection.upload(join(shop.folder, 'uploaded'), 'three\n', 0o600);
    expect(server.accepted() - before).to.equal(1);
    expect(connection.user).to.equal(me);
    await connection.close();
    expect(connection.closed).to.equal(true);
  });

  it('names the key and what the server accepts when the key is wrong', async () => {
    const wrong = await shop.key('wrong');
    const error = await failureOf(login({ keyPath: wrong }));
    expect(error.code).to.equal('SSH_AUTH');
    expect(error.message)
      .to.include('"m1"')
      .and.include(`${me}@127.0.0.1:${server.port}`)
      .and.include(wrong)
      .and.include('it accepts: publickey');
    expect(error.hint).to.include(`ssh-copy-id -i ${wrong}`);
  });

  it('tells of an unknown user as of a refused login', async () => {
    const error = await failureOf(login({ user: 'nobody-here' }));
    expect(error.code).to.equal('SSH_AUTH');
    expect(error.message).to.include('nobody-here@');
  });

  it('tells a closed port', async () => {
    const port = await freePort();
    const error = await failureOf(login({ port }));
    expect(error.code).to.equal('SSH_REFUSED');
    expect(error.message).to.include(`127.0.0.1:${port}`);
  });

  it('tells an unknown name', async () => {
    const error = await failureOf(login({ host: 'nonexistent.invalid' }));
    expect(error.code).to.equal('SSH_DNS');
    expect(error.message).to.include('nonexistent.invalid');
  });

  describe('with something else on the port', () => {
    let other: Server;
    const listen = async (greet: string | undefined, hangUp: boolean): Promise<number> => {
      other = createServer((socket) => {
        socket.on('error', () => undefined);
        if (greet !== undefined) socket.write(greet);
        if (hangUp) socket.end();
      });
      await new Promise<void>((resolve) => {
        other.listen(0, '127.0.0.1', resolve);
      });
      return (other.address() as AddressInfo).port;
    };
    afterEach(() => {
      other.close();
    });

    it('gives up on a listener that never speaks', async () => {
      const port = await listen(undefined, false);
      const error = await failureOf(login({ port }, { timeout: 300 }));
      expect(error.code).to.equal('SSH_TIMEOUT');
      expect(error.message).to.include('waiting for the SSH server');
    });

    it('tells a web server from an SSH server', async () => {
      const port = await listen('HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n\r\nwhat?', true);
      const error = await failureOf(login({ port }));
      expect(error.code).to.equal('SSH_PROTOCOL');
      expect(error.message).to.include('HTTP/1.1 400 Bad Request');
    });

    it('takes a server that hangs up after its greeting for one that is being restarted', async () => {
      const port = await listen('SSH-2.0-OpenSSH_10.0\r\n', true);
      const error = await failureOf(login({ port }));
      expect(error.code).to.equal('SSH_REFUSED');
      expect(error.message).to.include('closed the connection before the SSH handshake');
    });

    it('tells a server that has too many connections', async () => {
      const port = await listen('Exceeded MaxStartups\r\n', true);
      const error = await failureOf(login({ port }));
      expect(error.code).to.equal('SSH_REFUSED');
      expect(error.message).to.include('Exceeded MaxStartups');
    });

    it('tells a server that hangs up at once', async () => {
      const port = await listen(undefined, true);
      expect((await failureOf(login({ port }))).code).to.equal('SSH_REFUSED');
    });
  });

  it('waits for a server that is still to start, and says so', async () => {
    const port = await freePort();
    const waiting = login({ port }, { waitFor: 15_000 });
    await waitFor(() => io.steps[0], { what: 'a second try', timeout: 5000, interval: 20 });
    const late = await shop.sshd({ authorized: [key], port });
    const connection = await waiting;
    expect((await connection.exec('echo up')).stdout).to.equal('up\n');
    expect(io.steps[0]).to.include(`127.0.0.1:${port}`).and.include('of 15');
    await connection.close();
    await late.stop();
  });

  it('stops waiting when the time is over', async () => {
    const port = await freePort();
    const started = performance.now();
    const error = await failureOf(login({ port }, { waitFor: 600 }));
    expect(error.code).to.equal('SSH_REFUSED');
    expect(performance.now() - started).to.be.within(300, 3000);
  });

  it('does not wait when the login is refused', async () => {
    const wrong = await shop.key('wrong-again');
    const failed = server.log().match(/Connection (closed|reset)|Received disconnect/g)?.length ?? 0;
    const error = await failureOf(login({ keyPath: wrong }, { waitFor: 15_000 }));
    expect(error.code).to.equal('SSH_AUTH');
    expect(io.steps).to.deep.equal([]);
    expect((server.log().match(/Connection (closed|reset)|Received disconnect/g)?.length ?? 0) - failed).to.be.at.most(1);
  });

  it('gives a host that boots time to learn the key', async () => {
    const late = await shop.key('late');
    const young = await shop.sshd({ authorized: [] });
    const waiting = login({ port: young.port, keyPath: late }, { waitFor: 15_000, retryAuth: true });
    await waitFor(() => io.steps[0], { what: 'a second try', timeout: 5000, interval: 20 });
    await young.authorize(late);
    await (await waiting).close();
    expect(young.accepted()).to.equal(1);
    await young.stop();
  });

  it('ends at once when aborted', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => {
      silent.listen(0, '127.0.0.1', resolve);
    });
    const controller = new AbortController();
    const waiting = login({ port: (silent.address() as AddressInfo).port }, { signal: controller.signal });
    controller.abort(new Error('enough'));
    expect(await reasonOf(waiting)).to.have.property('message', 'enough');
    silent.close();
  });

  describe('keys', () => {
    it('refuses one that others can read, with the command that closes it', async () => {
      const path = await copyKey(key, join(shop.folder, 'open'), 0o644);
      const error = await failureOf(login({ keyPath: path }));
      expect(error.code).to.equal('SSH_KEY_TOO_OPEN');
      expect(error.hint).to.equal(`chmod 600 ${path}`);
    });

    it('asks for a passphrase once the server would take the key', async () => {
      const locked = await shop.key('locked', { passphrase: 'open sesame' });
      const own = await shop.sshd({ authorized: [locked] });
      io = new RecordingIo('open sesame');
      const connection = await login({ port: own.port, keyPath: locked });
      expect((await connection.exec('echo in')).stdout).to.equal('in\n');
      expect(io.questions).to.have.length(1);
      expect(io.questions[0]).to.include(locked);
      const notTaken = await failureOf(login({ keyPath: locked }));
      expect(notTaken.code).to.equal('SSH_AUTH');
      expect(io.questions).to.have.length(1);
    });

    it('tells a wrong passphrase, and nobody to ask', async () => {
      const locked = await shop.key('locked-too', { passphrase: 'open sesame' });
      const own = await shop.sshd({ authorized: [locked] });
      const nobody = await failureOf(login({ port: own.port, keyPath: locked }));
      expect(nobody.code).to.equal('SSH_KEY_PASSPHRASE');
      expect(nobody.hint).to.include(`ssh-add ${locked}`);
      io = new RecordingIo('shazam');
      const wrong = await failureOf(login({ port: own.port, keyPath: locked }));
      expect(wrong.code).to.equal('SSH_KEY_PASSPHRASE');
      expect(wrong.message).to.include('wrong');
    });

    it('lets the agent sign for a protected key it holds', async () => {
      const locked = await shop.key('in-agent', { passphrase: 'open sesame' });
      const socket = await shop.agent(locked);
      const own = await shop.sshd({ authorized: [locked] });
      const connection = await login(
        { port: own.port, keyPath: locked },
        { env: { HOME: shop.home, SSH_AUTH_SOCK: socket, PATH: process.env['PATH'] } },
      );
      expect((await connection.exec('echo in')).stdout).to.equal('in\n');
      expect(io.questions).to.deep.equal([]);
    });

    it("offers the agent's keys and the default keys when none is named", async () => {
      const held = await shop.key('held', { type: 'rsa' });
      const socket = await shop.agent(await shop.key('held-but-unknown', { type: 'ecdsa' }), held);
      const own = await shop.sshd({ authorized: [held] });
      const byAgent = await connect(
        { host: '127.0.0.1', port: own.port, user: me },
        {
          machine: 'm1',
          knownHostsFile: join(shop.folder, 'known-agent'),
          unknownHostKey: 'trust',
          io,
          signal: new AbortController().signal,
          env: { HOME: shop.home, SSH_AUTH_SOCK: socket },
        },
      );
      await byAgent.close();
      const home = join(shop.folder, 'home-with-key');
      await mkdir(join(home, '.ssh'), { recursive: true });
      await copyKey(held, join(home, '.ssh', 'id_rsa'));
      const byFile = await connect(
        { host: '127.0.0.1', port: own.port, user: me },
        {
          machine: 'm1',
          knownHostsFile: join(shop.folder, 'known-agent'),
          unknownHostKey: 'refuse',
          io,
          signal: new AbortController().signal,
          env: { HOME: home },
        },
      );
      await byFile.close();
      expect(own.accepted()).to.equal(2);
    });

    it("does not wear the server's patience out: a named key is offered alone", async () => {
      const others = await Promise.all(Array.from({ length: 7 }, (_, index) => shop.key(`other-${index}`)));
      const socket = await shop.agent(...others);
      const env = { HOME: shop.home, SSH_AUTH_SOCK: socket };
      await login({}, { env });
      const alone = await failureOf(login({ keyPath: await shop.key('alone') }, { env }));
      expect(alone.message).to.match(/offered: \S+alone \([^,;]*\); it accepts/);
      const error = await failureOf(
        connect(
          { host: '127.0.0.1', port: server.port, user: me },
          {
            machine: 'm1',
            knownHostsFile: join(shop.folder, 'known-many'),
            unknownHostKey: 'trust',
            io,
            signal: new AbortController().signal,
            env,
          },
        ),
      );
      expect(error.code).to.equal('SSH_AUTH');
      expect(error.message).to.match(/too many authentication failures/i);
      expect(error.hint).to.include('Name the right one');
    });

    it('reads PEM and PKCS#8 keys as ssh does', async () => {
      const pem = await shop.key('pem', { type: 'rsa', format: 'PEM' });
      const pkcs8 = await shop.key('pkcs8', { type: 'ecdsa', format: 'PKCS8' });
      const own = await shop.sshd({ authorized: [pem, pkcs8] });
      for (const keyPath of [pem, pkcs8]) await login({ port: own.port, keyPath });
      expect(own.accepted()).to.equal(2);
    });
  });
});
