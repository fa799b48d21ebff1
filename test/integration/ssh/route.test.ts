import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import type { SshEndpoint } from '../../../src/base/shell.js';
import { connect, type SshConnection } from '../../../src/ssh/dial/connect.js';
import { readHostKeys } from '../../../src/ssh/trust/known-hosts.js';
import { failureOf } from '../../helpers/failure.js';
import { RecordingIo } from '../../helpers/recording-io.js';
import { freePort, me, needSshd, workshop, type Sshd, type Workshop } from '../../helpers/sshd.js';

describe('the way to a host', function () {
  this.timeout(20_000);
  let shop: Workshop;
  let target: Sshd;
  let bastion: Sshd;
  let key: string;
  let io: RecordingIo;
  let home: string;
  let file: string;
  let count = 0;

  before(async function () {
    needSshd(this);
    shop = await workshop();
    key = await shop.key('right');
    target = await shop.sshd({ authorized: [key] });
    bastion = await shop.sshd({ authorized: [key] });
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

  const open = (endpoint: Partial<SshEndpoint>): Promise<SshConnection> =>
    connect(
      { host: '127.0.0.1', port: target.port, user: me, ...endpoint },
      {
        machine: 'm1',
        knownHostsFile: file,
        unknownHostKey: 'trust',
        io,
        signal: new AbortController().signal,
        env: { HOME: home, PATH: process.env['PATH'] },
      },
    );
  const speaks = async (endpoint: Partial<SshEndpoint>): Promise<void> => {
    const connection = await open(endpoint);
    expect((await connection.exec('echo there')).stdout).to.equal('there\n');
    await connection.close();
  };
  const configure = (...lines: string[]): Promise<void> => writeFile(join(home, '.ssh', 'config'), `${lines.join('\n')}\n`);
  const jump = (): string => `${me}@127.0.0.1:${bastion.port}`;

  it('leads through jump hosts, each with its own pinned key', async () => {
    const second = await shop.sshd({ authorized: [key] });
    const logins = [bastion, second, target].map((server) => server.accepted());
    await speaks({ keyPath: key, jump: [jump(), `${me}@127.0.0.1:${second.port}`] });
    expect([bastion, second, target].map((server) => server.accepted())).to.deep.equal(logins.map((number) => number + 1));
    expect(io.infos).to.have.length(3);
    expect(io.infos[0]).to.include(`jump host 127.0.0.1:${bastion.port}`);
    expect(await readHostKeys(file, { host: '127.0.0.1', port: bastion.port })).to.have.length(1);
    expect(await readHostKeys(file, { host: 'm1' })).to.have.length(1);
    await second.stop();
    const error = await failureOf(open({ keyPath: key, jump: [jump(), `127.0.0.1:${second.port}`] }));
    expect(error.code).to.equal('SSH_REFUSED');
    expect(error.message).to.include(`jump host 127.0.0.1:${second.port}`);
  });

  it('names the jump host that refuses', async () => {
    const error = await failureOf(open({ keyPath: await shop.key('wrong'), jump: [jump()] }));
    expect(error.code).to.equal('SSH_AUTH');
    expect(error.message).to.include(`jump host 127.0.0.1:${bastion.port}`);
  });

  it('tells that the jump host cannot reach the machine', async () => {
    const error = await failureOf(open({ keyPath: key, jump: [jump()], port: await freePort() }));
    expect(error.code).to.equal('SSH_REFUSED');
    expect(error.message).to.include(`through jump host 127.0.0.1:${bastion.port}`);
  });

  it('tells that the jump host forwards nothing', async () => {
    const closed = await shop.sshd({ authorized: [key], settings: ['AllowTcpForwarding no'] });
    const error = await failureOf(open({ keyPath: key, jump: [`${me}@127.0.0.1:${closed.port}`] }));
    expect(error.code).to.equal('SSH_PROTOCOL');
    expect(error.hint).to.include('AllowTcpForwarding');
  });

  it('follows an alias and the key of ~/.ssh/config, but not its user and port', async () => {
    await configure('Host box', '  HostName 127.0.0.1', '  User somebody-else', '  Port 1', `  IdentityFile ${key}`);
    await speaks({ host: 'box' });
  });

  it('follows ProxyJump of ~/.ssh/config', async () => {
    await configure(
      'Host box',
      '  HostName 127.0.0.1',
      '  ProxyJump gate',
      'Host gate',
      '  HostName 127.0.0.1',
      `  User ${me}`,
      `  Port ${bastion.port}`,
      'Host *',
      `  IdentityFile ${key}`,
    );
    const before = bastion.accepted();
    await speaks({ host: 'box' });
    expect(bastion.accepted()).to.equal(before + 1);
  });

  it('follows ProxyCommand, and tells what it said when it failed', async () => {
    const relay = join(shop.folder, 'relay.mjs');
    await writeFile(
      relay,
      'import { connect } from "node:net"; const [, , host, port] = process.argv; const s = connect(+port, host);' +
        ' process.stdin.pipe(s); s.pipe(process.stdout);\n',
    );
    await configure('Host box', '  HostName 127.0.0.1', `  ProxyCommand ${process.execPath} ${relay} %h %p`);
    await speaks({ host: 'box', keyPath: key });
    await configure('Host box', '  ProxyCommand sh -c "echo no way through >&2; exit 1"');
    const error = await failureOf(open({ host: 'box', keyPath: key }));
    expect(error.code).to.equal('SSH_UNREACHABLE');
    expect(error.message).to.include('no way through');
  });

  it('uses the agent of ~/.ssh/config, also for a key that is there as public half only', async () => {
    const held = await shop.key('held');
    const socket = await shop.agent(held);
    const half = join(shop.folder, 'half.pub');
    await writeFile(half, await readFile(`${held}.pub`));
    const own = await shop.sshd({ authorized: [held] });
    await configure(`IdentityAgent ${socket}`, `IdentityFile ${half}`, 'IdentitiesOnly yes');
    await speaks({ port: own.port });
  });

  it('goes on without a configuration ssh cannot read, and warns', async () => {
    await configure('NoSuchOption yes');
    await speaks({ keyPath: key });
    expect(io.warnings).to.have.length(1);
    expect(io.warnings[0]).to.include('nosuchoption');
  });

  it('forwards a stream to a port of the host', async () => {
    const connection = await open({ keyPath: key });
    const stream = await connection.forward('127.0.0.1', bastion.port);
    const hello = await new Promise<string>((resolve) => {
      stream.once('data', (data: Buffer) => {
        resolve(data.toString());
      });
    });
    expect(hello).to.match(/^SSH-2\.0-/);
    stream.destroy();
    await connection.close();
  });
});
