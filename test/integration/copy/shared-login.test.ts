import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { pinHostKey } from '../../../src/ssh/trust/known-hosts.js';
import { SharedConnection } from '../../../src/ssh/system/shared-connection.js';
import { shareLogin, type SharedLogin } from '../../../src/ssh/system/shared-login.js';
import { failureOf } from '../../helpers/failure.js';
import { RecordingIo } from '../../helpers/recording-io.js';
import { skip } from '../../helpers/skip.js';
import { me, sshdMissing, workshop, type Sshd, type Workshop } from '../../helpers/sshd.js';

describe("the login by the system's ssh", function () {
  this.timeout(60_000);
  let shop: Workshop;
  let server: Sshd;
  let key: string;
  let io: RecordingIo;
  let known: string;
  let stop: AbortController;
  let count = 0;

  before(async function () {
    const reason = sshdMissing();
    if (reason !== undefined) skip(this, reason);
    if (process.platform === 'win32') skip(this, 'OpenSSH shares no logins on Windows');
    shop = await workshop();
    key = await shop.key('key');
    server = await shop.sshd({ authorized: [key] });
  });
  after(async () => {
    await shop.clean();
  });
  beforeEach(async () => {
    io = new RecordingIo();
    stop = new AbortController();
    known = join(shop.folder, `known-${(count += 1)}`);
    await pinHostKey(known, { host: 'm1' }, server.hostKey);
  });

  const logIn = (keyPath = key, env: NodeJS.ProcessEnv = {}): Promise<SharedLogin | undefined> =>
    shareLogin(
      { host: '127.0.0.1', port: server.port, user: me, keyPath },
      {
        machine: 'm1',
        knownHostsFile: known,
        unknownHostKey: 'trust',
        io,
        signal: stop.signal,
        env: { ...process.env, HOME: shop.home, ...env },
      },
    );
  const sockets = () => readdirSync(tmpdir()).filter((name) => /^tsm-[A-Za-z0-9]{6}$/.test(name));
  const open = async (): Promise<SharedConnection> => {
    const login = await logIn();
    if (login === undefined) throw new Error(io.debugs.join('\n'));
    const place = { machine: 'm1', isJump: false, host: '127.0.0.1', port: server.port, user: me };
    return new SharedConnection(login, place, stop.signal, () => Promise.reject(new Error('not needed')));
  };

  it('carries many commands with one login, and leaves nothing behind', async () => {
    const before = [server.accepted(), sockets().length];
    const connection = await open();
    const all = await Promise.all(
      ['a', "b'c", '$HOME'].map((word) =>
        connection.exec(`cat; echo '${word.replace("'", "'\\''")}' >&2; exit 3`, {
          input: word,
          ok: [3],
        }),
      ),
    );
    expect(all.map(({ stdout, stderr }) => [stdout, stderr])).to.deep.equal([
      ['a', 'a\n'],
      ["b'c", "b'c\n"],
      ['$HOME', '$HOME\n'],
    ]);
    expect((await failureOf(connection.exec('echo why >&2; exit 255'))).message).to.match(/failed with exit status 255: why$/);
    expect((await failureOf(connection.exec('sleep 20', { timeout: 200 }))).message).to.match(/did not finish within 0.2 s/);
    await connection.close();
    expect([server.accepted(), sockets().length]).to.deep.equal([(before[0] ?? 0) + 1, before[1]]);
  });

  it('is left to the built-in client where the host key is not known, or not the pinned one', async () => {
    writeFileSync(known, '');
    expect(await logIn()).to.equal(undefined);
    expect(readFileSync(known, 'utf8')).to.equal('');
    const other = readFileSync(`${await shop.key(`other-${count}`)}.pub`, 'utf8')
      .split(' ')
      .slice(0, 2)
      .join(' ');
    await pinHostKey(known, { host: 'm1' }, other);
    expect(await logIn()).to.equal(undefined);
    expect(io.debugs.join()).to.match(/using the built-in client instead: .*Host key verification failed/s);
  });

  it('is left to the built-in client where a passphrase is to be asked, a key is refused or there is no ssh', async () => {
    const locked = await shop.key('locked', { passphrase: 'open sesame' });
    await server.authorize(locked);
    for (const [keyPath, env] of [
      [locked, {}],
      [await shop.key('stranger'), {}],
      [key, { PATH: shop.home }],
    ] as const) {
      expect(await logIn(keyPath, env)).to.equal(undefined);
    }
    expect(io.debugs.at(-1)).to.match(/using the built-in client instead: it is not installed$/);
    expect(
      await logIn(locked, { SSH_AUTH_SOCK: await shop.agent(locked) }).then(async (login) => {
        await login?.close();
        return login;
      }),
    ).to.not.equal(undefined);
  });

  it('tells that the host went away, and ends at once on Ctrl-C', async () => {
    const lone = await shop.sshd({ authorized: [key], hostKeys: [join(shop.folder, 'host-key-1')] });
    const was = server;
    server = lone;
    try {
      const connection = await open();
      const working = connection.exec('echo ready; sleep 20', {
        onLine: () => {
          void lone.session().then((pid) => process.kill(pid, 'SIGKILL'));
        },
      });
      const { code, message } = await failureOf(working);
      expect([code, message]).to.deep.equal([
        'SSH_LOST',
        `"m1" (127.0.0.1:${lone.port}): the connection was lost while running 'echo ready; sleep 20'`,
      ]);
      await connection.close();
      const second = await open();
      const stopped = second.exec('echo ready; sleep 20', {
        onLine: () => {
          stop.abort(new Error('Ctrl-C'));
        },
      });
      const started = performance.now();
      expect(
        await stopped.then(
          () => 'done',
          (error: unknown) => (error as Error).message,
        ),
      ).to.equal('Ctrl-C');
      expect(performance.now() - started).to.be.below(10_000);
      await second.close();
    } finally {
      server = was;
      await lone.stop();
    }
  });
});
