import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { connect, type SshConnection } from '../../../src/ssh/dial/connect.js';
import { RootShell } from '../../../src/ssh/run/root-shell.js';
import { composeScript } from '../../../src/ssh/run/root-script.js';
import type { Connection } from '../../../src/ssh/dial/connection.js';
import type { ExecResult, ScriptOptions } from '../../../src/base/shell.js';
import { failureOf } from '../../helpers/failure.js';
import { RecordingIo } from '../../helpers/recording-io.js';
import { me, needSshd, workshop, type Sshd, type Workshop } from '../../helpers/sshd.js';

/** What stands in for the host's programs: `id` says "not root", and sudo or doas behave as told. They log how they were called. */
const programs: Record<string, Record<string, string>> = {
  root: { id: 'echo 0' },
  free: { id: 'echo 1000', sudo: 'shift; exec "$@"' },
  password: {
    id: 'echo 1000',
    sudo: `
if [ "$1" = -n ]; then echo "sudo: a password is required" >&2; exit 1; fi
shift; printf %s "$2" >&2; IFS= read -r given
if [ "$given" != "pass word" ]; then
  printf "Sorry, try again.\\n%s" "$2" >&2
  IFS= read -r given || echo "sudo: no password was provided" >&2
  exit 1
fi
shift 2; exec "$@"`,
  },
  forbidden: {
    id: 'echo 1000',
    sudo: `
if [ "$1" = -n ]; then echo "sudo: a password is required" >&2; exit 1; fi
printf %s "$3" >&2; IFS= read -r given; echo "bob is not in the sudoers file.  This incident will be reported." >&2; exit 1`,
  },
  tty: { id: 'echo 1000', sudo: 'echo "sudo: sorry, you must have a tty to run sudo" >&2; exit 1' },
  doas: { id: 'echo 1000', doas: 'shift; exec "$@"' },
  doasForbidden: { id: 'echo 1000', doas: 'echo "doas: Operation not permitted" >&2; exit 1' },
  nothing: { id: 'echo 1000' },
};

describe('becoming root over SSH', function () {
  this.timeout(20_000);
  let shop: Workshop;
  let key: string;
  const servers = new Map<string, Sshd>();
  const open: SshConnection[] = [];

  before(async function () {
    needSshd(this);
    shop = await workshop();
    key = await shop.key('right');
  });
  after(async () => {
    await shop.clean();
  });
  afterEach(async () => {
    for (const connection of open.splice(0)) await connection.close();
  });

  const host = async (kind: string): Promise<Sshd> => {
    const known = servers.get(kind);
    if (known !== undefined) return known;
    const folder = join(shop.folder, kind);
    await mkdir(folder);
    for (const [name, text] of Object.entries(programs[kind] ?? {})) {
      const log = name === 'id' ? '' : `echo "${name} $*" >> ${join(shop.folder, `${kind}.log`)}\n`;
      await writeFile(join(folder, name), `#!/bin/sh\n${log}${text}\n`);
      await chmod(join(folder, name), 0o755);
    }
    for (const name of ['sh', 'cat', 'dash', 'bash']) await symlink(`/bin/${name}`, join(folder, name));
    const server = await shop.sshd({ authorized: [key], settings: [`SetEnv PATH=${folder}`] });
    servers.set(kind, server);
    return server;
  };
  const root = async (
    kind: string,
    io: RecordingIo,
    env: NodeJS.ProcessEnv = {},
  ): Promise<(script: string, variables?: Record<string, string>, options?: ScriptOptions) => Promise<ExecResult>> => {
    const server = await host(kind);
    const connection = await connect(
      { host: '127.0.0.1', port: server.port, user: me, keyPath: key, sudoPasswordEnv: 'M1_SUDO' },
      {
        machine: 'm1',
        knownHostsFile: join(shop.folder, `known-${kind}`),
        unknownHostKey: 'trust',
        io,
        signal: new AbortController().signal,
        env: { HOME: shop.home, ...env },
      },
    );
    open.push(connection);
    const shell = new RootShell((connection as Connection).link, { io, signal: new AbortController().signal, env, passwordEnv: 'M1_SUDO' });
    return (script, variables = {}, options = {}) => shell.run(composeScript(script, variables), { title: 'the script x', ...options });
  };
  const calls = (kind: string): Promise<string> => readFile(join(shop.folder, `${kind}.log`), 'utf8');

  it('needs nothing when root logged in', async () => {
    const run = await root('root', new RecordingIo());
    expect((await run('echo "$WHO"; cat', { WHO: "it's me" })).stdout).to.equal("it's me\n");
  });

  it('uses sudo without a password', async () => {
    const run = await root('free', new RecordingIo());
    expect((await run('echo "$SECRET"', { SECRET: 'shh' })).stdout).to.equal('shh\n');
    expect(await calls('free')).to.not.include('shh');
  });

  it('asks for the sudo password once for the whole connection', async () => {
    const io = new RecordingIo('pass word');
    const run = await root('password', io);
    expect((await run('echo one; cat; echo e >&2')).stdout).to.equal('one\n');
    expect(await run('echo two; echo f >&2; exit 0')).to.deep.equal({ exitCode: 0, stdout: 'two\n', stderr: 'f\n' });
    expect(io.questions).to.have.length(1);
    expect(io.questions[0]).to.include(me);
    expect(await calls('password')).to.not.include('pass word');
  });

  it('takes the sudo password from the environment', async () => {
    const io = new RecordingIo();
    const run = await root('password', io, { M1_SUDO: 'pass word' });
    expect((await run('echo in')).stdout).to.equal('in\n');
    expect(io.questions).to.deep.equal([]);
  });

  it('tells a wrong sudo password, and names where it came from', async () => {
    const run = await root('password', new RecordingIo(), { M1_SUDO: 'guess' });
    const error = await failureOf(run('echo in'));
    expect(error.code).to.equal('SUDO_PASSWORD');
    expect(error.message).to.not.include('guess');
    expect(error.hint).to.include('M1_SUDO');
  });

  it('tells that nobody is there to ask', async () => {
    const error = await failureOf((await root('password', new RecordingIo()))('echo in'));
    expect(error.code).to.equal('SUDO_PASSWORD');
    expect(error.hint).to.include('M1_SUDO').and.include(`${me} ALL=(ALL) NOPASSWD: ALL`);
  });

  it('tells a user that sudo does not know, with the line that changes it', async () => {
    const error = await failureOf((await root('forbidden', new RecordingIo('pass word')))('echo in'));
    expect(error.code).to.equal('SUDO_REFUSED');
    expect(error.message).to.include('not in the sudoers file');
    expect(error.hint).to.include(`'${me} ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/`);
  });

  it('tells a sudo that wants a terminal', async () => {
    const error = await failureOf((await root('tty', new RecordingIo()))('echo in'));
    expect(error.code).to.equal('SUDO_REFUSED');
    expect(error.hint).to.include('!requiretty');
  });

  it('uses doas where there is no sudo, and tells when it may not', async () => {
    expect((await (await root('doas', new RecordingIo()))('echo in')).stdout).to.equal('in\n');
    const error = await failureOf((await root('doasForbidden', new RecordingIo()))('echo in'));
    expect(error.code).to.equal('SUDO_REFUSED');
    expect(error.hint).to.include('/etc/doas.conf');
  });

  it('tells that there is neither', async () => {
    const error = await failureOf((await root('nothing', new RecordingIo()))('echo in'));
    expect(error.code).to.equal('SUDO_REFUSED');
    expect(error.message).to.include('neither sudo nor doas');
  });

  for (const kind of ['root', 'free']) {
    it(`passes the script's own failure on (${kind})`, async () => {
      const run = await root(kind, new RecordingIo());
      const error = await failureOf(run('echo "no room" >&2; exit 97'));
      expect(error.code).to.equal('REMOTE_COMMAND');
      expect(error.message).to.include('the script x').and.include('exit status 97').and.include('no room');
    });
  }

  for (const kind of ['root', 'free'])
    it(`takes the end of the connection for the end of a script that makes the host go down (${kind})`, async () => {
      const ends = { 'the session is killed': 'kill -KILL $PPID; read -r line', 'its shell is ended': 'kill -TERM $$' };
      for (const [how, script] of Object.entries(ends)) {
        const told = await failureOf((await root(kind, new RecordingIo()))(script));
        expect(told.code, how).to.be.oneOf(['SSH_LOST', 'REMOTE_COMMAND']);
        const run = await root(kind, new RecordingIo());
        expect((await run(script, {}, { endsHost: true })).exitCode, how).to.equal(0);
      }
      const refused = (await root(kind, new RecordingIo()))('echo "not allowed" >&2; exit 1', {}, { endsHost: true });
      expect((await failureOf(refused)).message).to.include('failed with exit status 1: not allowed');
    });

  it('runs a template by its name', async () => {
    const server = await host('root');
    const connection = await connect(
      { host: '127.0.0.1', port: server.port, user: me, keyPath: key },
      {
        machine: 'm1',
        knownHostsFile: join(shop.folder, 'known-root'),
        unknownHostKey: 'trust',
        io: new RecordingIo(),
        signal: new AbortController().signal,
        env: { HOME: shop.home },
      },
    );
    open.push(connection);
    expect((await failureOf(connection.rootScript('no/such.sh'))).message).to.include('no/such.sh');
  });
});
