import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import type { SshEndpoint } from '../../../src/base/shell.js';
import { connect, type ConnectOptions, type SshConnection } from '../../../src/ssh/dial/connect.js';
import { Link } from '../../../src/ssh/dial/link.js';
import { execOn } from '../../../src/ssh/run/exec.js';
import { framedCommand } from '../../../src/ssh/run/frame.js';
import { bridge } from '../../../src/ssh/system/bridge.js';
import { separateLogins } from '../../../src/ssh/system/shared-login.js';
import { fingerprint, readHostKeys } from '../../../src/ssh/trust/known-hosts.js';
import { failureOf, hintOf } from '../../helpers/failure.js';
import { RecordingIo } from '../../helpers/recording-io.js';
import { me, needSshd, workshop, type Sshd, type Workshop } from '../../helpers/sshd.js';

const place = { machine: 'm1', isJump: false, user: me, host: '127.0.0.1', port: 22 };

/** A key exchange that OpenSSH has had since 8.5 and ssh2 lacks. */
const newKex = 'KexAlgorithms sntrup761x25519-sha512@openssh.com';

describe("a connection that only the system's ssh can make", function () {
  this.timeout(60_000);
  let shop: Workshop;
  let server: Sshd;
  let key: string;
  let file: string;
  let io: RecordingIo;
  let home: string;
  let count = 0;

  before(async function () {
    needSshd(this);
    shop = await workshop();
    key = await shop.key('right');
    server = await shop.sshd({ authorized: [key], settings: [newKex, 'Subsystem sftp internal-sftp'] });
  });
  after(async () => {
    await shop.clean();
  });
  beforeEach(async () => {
    io = new RecordingIo();
    home = join(shop.folder, `home-${(count += 1)}`);
    file = join(shop.folder, `known-${count}`);
    await mkdir(join(home, '.ssh'), { recursive: true });
  });

  const open = (endpoint: Partial<SshEndpoint> = {}, options: Partial<ConnectOptions> = {}): Promise<SshConnection> =>
    connect(
      { host: '127.0.0.1', port: server.port, user: me, keyPath: key, ...endpoint },
      {
        machine: 'm1',
        knownHostsFile: file,
        unknownHostKey: 'trust',
        io,
        signal: new AbortController().signal,
        env: { HOME: home, PATH: process.env['PATH'] },
        ...options,
      },
    );

  it('does all that any connection does', async () => {
    const connection = await open();
    try {
      expect(io.infos).to.have.length(1);
      expect(io.infos[0]).to.include(fingerprint(server.hostKey.split(' ')[1] ?? ''));
      expect(await readHostKeys(file, { host: 'm1' })).to.have.length(1);
      const { exitCode, stdout, stderr } = await connection.exec('cat; echo err >&2; exit 7', { input: 'some\0input', ok: [7] });
      expect({ exitCode, stdout, stderr }).to.deep.equal({ exitCode: 7, stdout: 'some\0input', stderr: 'err\n' });
      expect((await connection.exec('exit 255', { ok: [255] })).exitCode).to.equal(255);
      const size = 3_000_000;
      const { stdin, stdout: out, ended } = await connection.stream('wc -c');
      stdin.end(Buffer.alloc(size, 1));
      expect(String((await out.toArray()).join('')).trim()).to.equal(String(size));
      expect((await ended).exitCode).to.equal(0);
      const here = join(home, 'uploaded');
      await connection.upload(here, 'text', 0o600);
      expect(await readFile(here, 'utf8')).to.equal('text');
      const sftp = await connection.sftp();
      const facts = await new Promise<{ size: number }>((resolve, reject) => {
        sftp.lstat(here, (error, found) => {
          if (error) reject(error);
          else resolve(found);
        });
      });
      expect(facts.size).to.equal(4);
      const other = await shop.sshd();
      const stream = await connection.forward('127.0.0.1', other.port);
      const greeting = await new Promise<string>((resolve) => {
        stream.once('data', (data: Buffer) => {
          resolve(data.toString());
        });
      });
      expect(greeting).to.match(/^SSH-2\.0-/);
      stream.destroy();
      await other.stop();
    } finally {
      await connection.close();
    }
    expect(connection.closed).to.equal(true);
  });

  it('refuses the key that it must refuse', async () => {
    const expected = await failureOf(open({ hostKey: `SHA256:${'A'.repeat(43)}` }));
    expect(expected.code).to.equal('SSH_HOST_KEY_CHANGED');
    const other = (await readFile(`${await shop.key('another')}.pub`, 'utf8')).trim();
    await writeFile(join(home, '.ssh', 'known_hosts'), `[127.0.0.1]:${server.port} ${other}\n`);
    expect((await failureOf(open())).code).to.equal('SSH_HOST_KEY_CHANGED');
    expect((await failureOf(open({}, { unknownHostKey: 'refuse', env: { HOME: shop.folder } }))).code).to.equal('SSH_HOST_KEY_UNKNOWN');
  });

  it('goes through jump hosts', async () => {
    const gate = await shop.sshd({ authorized: [key] });
    const connection = await open({ jump: [`${me}@127.0.0.1:${gate.port}`] });
    expect((await connection.exec('echo through')).stdout).to.equal('through\n');
    await connection.close();
    expect(gate.accepted()).to.be.greaterThan(0);
    await gate.stop();
  });

  it('works without a shared login too, as on Windows', async () => {
    await (await open()).close();
    const options = { machine: 'm1', knownHostsFile: file, io, signal: new AbortController().signal, env: { PATH: process.env['PATH'] } };
    const login = await separateLogins({ host: '127.0.0.1', port: server.port, user: me, keyPath: key }, options, 10_000);
    if (typeof login === 'string') throw new Error(login);
    const { client, release } = await bridge(login);
    const { exitCode, stdout } = await execOn(new Link(client, place, release), framedCommand('cat; exit 3', 'there'), {
      ok: [3],
      signal: options.signal,
      title: 'cat',
    });
    client.end();
    expect({ exitCode, stdout }).to.deep.equal({ exitCode: 3, stdout: 'there' });
  });

  it('that breaks is reported as lost', async () => {
    const own = await shop.sshd({ authorized: [key], settings: [newKex] });
    const connection = await open({ port: own.port });
    const waiting = failureOf(connection.exec('sleep 60'));
    process.kill(await own.session());
    expect((await waiting).code).to.equal('SSH_LOST');
    await connection.close();
    await own.stop();
  });

  it("names what the host offers and what we can when there is no ssh, and when ssh's own login fails", async () => {
    const without = await failureOf(open({}, { env: { HOME: home, PATH: home } }));
    expect(without.code).to.equal('SSH_ALGORITHMS');
    expect(without.message).to.include('the host offers sntrup761x25519-sha512@openssh.com').and.include('curve25519-sha256');
    expect(hintOf(without)).to.include("Install OpenSSH's client");
    const refused = await failureOf(open({ keyPath: await shop.key('wrong') }));
    expect(refused.message).to.include("the system's ssh cannot either").and.include('Permission denied');
    expect((await failureOf(open({}, { builtInOnly: true }))).hint).to.include('--native-ssh');
  });

  it('is made for a certificate of the user, which ssh2 cannot offer', async () => {
    const [authority, mine] = [await shop.key('user-authority'), await shop.key('mine')];
    execFileSync('ssh-keygen', ['-q', '-s', authority, '-I', 'me', '-n', me, `${mine}.pub`]);
    const own = await shop.sshd({ settings: [`TrustedUserCAKeys ${authority}.pub`] });
    const connection = await open({ port: own.port, keyPath: mine });
    expect((await connection.exec('echo certified')).stdout).to.equal('certified\n');
    await connection.close();
    const error = await failureOf(open({ port: own.port, keyPath: mine }, { builtInOnly: true }));
    expect(error.code).to.equal('SSH_AUTH');
    expect(error.message).to.include(`the certificate ${mine}-cert.pub`);
    await own.stop();
  });
});
