import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';

import { expect } from 'chai';

import type { PathInfo } from '../../../src/copy/end.js';
import { LocalEnd } from '../../../src/copy/local-end.js';
import { RemoteEnd } from '../../../src/copy/remote-end.js';
import { copy } from '../../../src/copy/transfer.js';
import { connect, type SshConnection } from '../../../src/ssh/dial/connect.js';
import { SharedConnection } from '../../../src/ssh/system/shared-connection.js';
import { shareLogin } from '../../../src/ssh/system/shared-login.js';
import { pinHostKey } from '../../../src/ssh/trust/known-hosts.js';
import type { FileConnection } from '../../../src/ssh/types.js';
import { failureOf } from '../../helpers/failure.js';
import { RecordingIo } from '../../helpers/recording-io.js';
import { me, needSshd, workshop, type Sshd, type Workshop } from '../../helpers/sshd.js';

const noise = 'echo Welcome; echo "bind: warning: line editing not enabled" >&2; printf "news: none"';
const shells = [['bash'], ['dash'], ['busybox', 'ash'], ['tcsh'], ['fish'], ['zsh'], ['mksh']].filter(
  ([program = '', ...args]) => spawnSync(program, [...args, '-c', 'exit 0']).status === 0,
);

describe('login shells', function () {
  this.timeout(60_000);
  let shop: Workshop;
  let key: string;
  let io: RecordingIo;
  let here: string;
  let there: string;
  let count = 0;
  const open: { close(): Promise<void> }[] = [];

  before(async function () {
    needSshd(this);
    shop = await workshop();
    key = await shop.key('key');
  });
  after(async () => {
    await shop.clean();
  });
  beforeEach(() => {
    io = new RecordingIo();
    count += 1;
    [here, there] = [join(shop.folder, `here-${count}`), join(shop.folder, `there-${count}`)];
    mkdirSync(here);
    mkdirSync(there);
  });
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  /** A host whose logins run `before` first, as a start-up file does, and then what they were asked for, by `shell`. */
  const host = (before: string, ...shell: string[]): Promise<Sshd> => {
    const path = join(shop.folder, `login-${(count += 1)}`);
    writeFileSync(path, `#!/bin/sh\n${before}\nexec ${(shell.length > 0 ? shell : ['sh']).join(' ')} -c "$SSH_ORIGINAL_COMMAND"\n`);
    chmodSync(path, 0o755);
    return shop.sshd({ authorized: [key], settings: [`ForceCommand ${path}`, `SetEnv HOME=${shop.home}`] });
  };
  const options = (server: Sshd) =>
    ({
      machine: 'm1',
      knownHostsFile: join(shop.folder, `known-${server.port}`),
      unknownHostKey: 'trust',
      io,
      signal: new AbortController().signal,
      env: { ...process.env, HOME: shop.home },
    }) as const;
  const endpoint = ({ port }: Sshd) => ({ host: '127.0.0.1', port, user: me, keyPath: key });
  const builtIn = async (server: Sshd): Promise<SshConnection> => {
    const connection = await connect(endpoint(server), options(server));
    open.push(connection);
    return connection;
  };
  const systems = async (server: Sshd): Promise<FileConnection> => {
    await pinHostKey(options(server).knownHostsFile, { host: 'm1' }, server.hostKey);
    const shared = await shareLogin(endpoint(server), options(server));
    if (shared === undefined) throw new Error(`The system's ssh does not log in: ${io.debugs.join('\n')}`);
    const place = { machine: 'm1', isJump: false, ...endpoint(server) };
    const connection = new SharedConnection(shared, place, options(server).signal, () => connect(endpoint(server), options(server)));
    open.push(connection);
    return connection;
  };
  const clients = { 'the built-in client': builtIn, "the system's ssh": systems };
  const awkward = 'it\'s !x !! $HOME `id` "\\n" ünï 文件 Ё *';

  it('are tried with more than one', () => {
    expect(shells.length).to.be.greaterThan(1);
  });

  for (const [client, log] of Object.entries(clients))
    it(`whose start-up files print do not get into what ${client} copies`, async () => {
      const connection = await log(await host(noise));
      const [local, remote] = [new LocalEnd(io), new RemoteEnd(connection, 'm1', io)];
      const data = randomBytes(3_000_000);
      writeFileSync(join(here, awkward), data);
      const { signal } = new AbortController();
      const run = (from: LocalEnd | RemoteEnd, path: string, to: LocalEnd | RemoteEnd, target: string, recursive = false) =>
        copy({ from: { end: from, path }, to: { end: to, path: target }, recursive, io, signal });
      await run(local, join(here, awkward), remote, there);
      await run(remote, join(there, awkward), local, join(here, 'back'));
      await run(remote, join(there, awkward), remote, join(there, 'beside'));
      await run(remote, there, local, join(here, 'folder'), true);
      await run(local, join(here, 'folder'), remote, join(there, 'folder'), true);
      const copies = [join(there, awkward), join(here, 'back'), join(there, 'beside'), join(here, 'folder', 'beside')];
      for (const path of [...copies, join(there, 'folder', awkward)]) expect(hash(readFileSync(path)), path).to.equal(hash(data));
      expect(readdirSync(there).sort()).to.deep.equal([awkward, 'beside', 'folder'].sort());
    });

  for (const shell of shells)
    it(`such as ${shell.join(' ')}, which prints when it starts, run commands, scripts and streams as they are`, async () => {
      const connection = await builtIn(await host(noise, ...shell));
      const lines: string[] = [];
      const program = 'cat\nprintf "%s\\n" "$0" >&2\nexit 3';
      const onLine = (line: string) => void lines.push(line);
      expect(await connection.exec(program, { input: `${awkward}\n`, ok: [3], onLine })).to.deep.equal({
        exitCode: 3,
        stdout: `${awkward}\n`,
        stderr: 'sh\n',
      });
      expect(lines.sort()).to.deep.equal([awkward, 'sh'].sort());
      const { stdout, stderr } = await connection.rootScript('copy/inspect-path.sh', { WHERE: there, INTO: '' });
      expect([stdout.split('\n')[0], stderr]).to.deep.equal(['kind|folder', '']);
      await connection.upload(join(there, awkward), 'text', 0o600);
      expect(readFileSync(join(there, awkward), 'utf8')).to.equal('text');
      const remote = new RemoteEnd(connection, 'm1', io);
      expect((await buffer(await remote.readFile(join(there, awkward), 4))).toString()).to.equal('text');
    });

  it('that print only now and then do not get into a file that a program writes', async () => {
    const marker = join(shop.folder, 'seen');
    const connection = await systems(await host(`if [ -e ${marker} ]; then echo Welcome; else : >${marker}; fi`));
    const [local, remote] = [new LocalEnd(io), new RemoteEnd(connection, 'm1', io)];
    writeFileSync(join(there, 'file'), 'content');
    const { signal } = new AbortController();
    await copy({ from: { end: remote, path: join(there, 'file') }, to: { end: local, path: here }, recursive: false, io, signal });
    expect(connection.noisy).to.equal(false);
    expect(readFileSync(join(here, 'file'), 'utf8')).to.equal('content');
  });

  for (const [client, log] of Object.entries(clients)) {
    for (const stream of ['1', '2'])
      it(`that print without end on ${stream} are told by ${client}, and fill no memory and no disk`, async () => {
        const server = await host(`while :; do echo Welcome to this host; done >&${stream}`);
        const connection = await log(server);
        const told = /^"m1" \(.*\): the start-up files of \S+ print more than 1 MiB before .* begins, so it was given up$/;
        expect((await failureOf(connection.exec('echo x'))).message).to.match(told);
        const remote = new RemoteEnd(connection, 'm1', io);
        expect((await failureOf(remote.inspect('/etc/hostname'))).message).to.match(told);
        const source: PathInfo = { path: '/etc/hostname', kind: 'file', parent: true, size: 5, mode: 0o644, mtime: 0 };
        const target: PathInfo = { ...source, path: join(here, 'x'), kind: 'none' };
        const reading = new LocalEnd(io).writeFile(target, source, await remote.readFile('/etc/hostname', 5));
        expect((await failureOf(reading)).message).to.match(told);
        const writing = remote.writeFile({ ...target, path: join(there, 'x') }, source, await new LocalEnd(io).readFile('/etc/passwd', 5));
        expect((await failureOf(writing)).message).to.match(told);
        expect([...readdirSync(here), ...readdirSync(there)]).to.deep.equal([]);
      });

    it(`that run nothing are told by ${client}, with their words`, async () => {
      const connection = await log(await host('echo This account is currently not available.; exit 0'));
      const error = await failureOf(connection.exec('echo x'));
      expect([error.code, error.message.replace(/^.*\): /, '')]).to.deep.equal([
        'REMOTE_COMMAND',
        `the login shell of ${me} did not run 'echo x': This account is currently not available.`,
      ]);
      const stream = await connection.stream('cat /etc/hostname');
      stream.stdout.resume();
      expect((await failureOf(stream.ended)).message).to.include("did not run 'cat /etc/hostname'");
    });

    it(`do not make ${client} hold more than 32 MiB of a program's output`, async () => {
      const connection = await log(await host(':'));
      expect((await failureOf(connection.exec('yes'))).message).to.match(/'yes' printed more than 32 MiB and was given up$/);
    });

    it(`do not make ${client} read a file without a size for ever`, async () => {
      const connection = await log(await host(':'));
      const content = await new RemoteEnd(connection, 'm1', io).readFile('/dev/zero', 0);
      let bytes = 0;
      const reading = (async () => {
        for await (const data of content) bytes += (data as Buffer).length;
      })();
      expect((await failureOf(reading)).message).to.equal('/dev/zero on m1 has no size, and its content does not end');
      expect(bytes).to.be.at.most(64 * 2 ** 20);
    });
  }

  it('let a file that grows while it is read end where it ended when it was looked at', async () => {
    const connection = await systems(await host(':'));
    writeFileSync(join(there, 'log'), 'line 1\nline 2\n');
    const seen = await new RemoteEnd(connection, 'm1', io).inspect(join(there, 'log'));
    writeFileSync(join(there, 'log'), 'line 1\nline 2\nline 3\n');
    const target: PathInfo = { ...seen, path: join(here, 'log'), kind: 'none' };
    const remote = new RemoteEnd(connection, 'm1', io);
    await new LocalEnd(io).fillFile(target, seen, async (file) => remote.readInto?.(seen, file));
    expect(readFileSync(join(here, 'log'), 'utf8')).to.equal('line 1\nline 2\n');
  });
});

function hash(data: Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
