import { randomBytes } from 'node:crypto';
import { readFile, readdir, stat } from 'node:fs/promises';
import { connect as connectTo, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { kill } from 'node:process';

import { expect } from 'chai';

import { connect, type SshConnection } from '../../../src/ssh/dial/connect.js';
import { quote } from '../../../src/base/quote.js';
import { failureOf, reasonOf } from '../../helpers/failure.js';
import { RecordingIo } from '../../helpers/recording-io.js';
import { me, needSshd, workshop, type Sshd, type Workshop } from '../../helpers/sshd.js';

describe('commands over SSH', function () {
  this.timeout(20_000);
  let shop: Workshop;
  let server: Sshd;
  let key: string;
  let shell: SshConnection;
  let abort: AbortController;

  before(async function () {
    needSshd(this);
    shop = await workshop();
    key = await shop.key('right');
    server = await shop.sshd({ authorized: [key] });
  });
  after(async () => {
    await shop.clean();
  });
  beforeEach(async () => {
    abort = new AbortController();
    shell = await connect(
      { host: '127.0.0.1', port: server.port, user: me, keyPath: key },
      {
        machine: 'm1',
        knownHostsFile: join(shop.folder, 'known'),
        unknownHostKey: 'trust',
        io: new RecordingIo(),
        signal: abort.signal,
        env: { HOME: shop.home },
      },
    );
  });
  afterEach(async () => {
    await shell.close();
  });

  it('keep output, errors and exit status apart', async () => {
    expect(await shell.exec('echo out; echo err >&2; exit 3', { ok: [0, 3] })).to.deep.equal({
      exitCode: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  it('have their exit status although it comes in the packet that opens their channel', async () => {
    const lumps = await lumpingProxy(server.port);
    const slow = await connect(
      { host: '127.0.0.1', port: lumps.port, user: me, keyPath: key },
      {
        machine: 'm1',
        knownHostsFile: join(shop.folder, 'known-lumps'),
        unknownHostKey: 'trust',
        io: new RecordingIo(),
        signal: abort.signal,
        env: { HOME: shop.home },
      },
    );
    try {
      expect(await slow.exec('exit 3', { ok: [3] })).to.include({ exitCode: 3 });
    } finally {
      await slow.close();
      await lumps.close();
    }
  });

  it('that fail are named with their last words, never with their input', async () => {
    const error = await failureOf(shell.exec('cat >/dev/null; echo bad luck >&2; exit 4', { input: 'secret' }));
    expect(error.code).to.equal('REMOTE_COMMAND');
    expect(error.message).to.include('"m1"').and.include('cat >/dev/null').and.include('exit status 4').and.include('bad luck');
    expect(error.message).to.not.include('secret');
  });

  it('killed by a signal tell so', async () => {
    const error = await failureOf(shell.exec('kill -KILL $$'));
    expect(error.message).to.include('killed by SIGKILL');
    expect((await shell.exec('kill -KILL $$', { ok: [137] })).exitCode).to.equal(137);
  });

  it('hand over their lines as they come', async () => {
    const lines: string[] = [];
    await shell.exec('printf "one\\ntwo\\r\\n"; sleep 0.05; printf "three" >&2', {
      onLine: (line) => {
        lines.push(line);
      },
    });
    expect(lines).to.deep.equal(['one', 'two', 'three']);
  });

  it('take words through quoting unchanged', async () => {
    const words = [
      '',
      ' ',
      'a b',
      "'",
      '"',
      "'\"'",
      '$HOME',
      '`id`',
      '$(id)',
      '\\',
      '\\n',
      'line\nbreak',
      '*',
      '~',
      '!',
      '-n',
      'é漢',
      ';true',
      '&',
      '#x',
      '{a,b}',
      'a=b',
    ];
    const { stdout } = await shell.exec(`for word in ${quote(...words)}; do printf '%s\\0' "$word"; done`);
    expect(stdout.split('\0').slice(0, -1)).to.deep.equal(words);
  });

  it('take and give 8 MiB', async () => {
    const data = randomBytes(8 * 1024 * 1024);
    const { stdout } = await shell.exec('base64 -w0', { input: data });
    expect(Buffer.from(stdout, 'base64').equals(data)).to.equal(true);
  });

  it('that do not read their input end with their own status', async () => {
    expect((await shell.exec('exit 0', { input: Buffer.alloc(8 * 1024 * 1024) })).exitCode).to.equal(0);
  });

  it('are given up when their time is over, and the connection stays usable', async () => {
    const error = await failureOf(shell.exec('echo slow >&2; read -r line; sleep 3', { timeout: 400 }));
    expect(error.code).to.equal('REMOTE_COMMAND');
    expect(error.message).to.include('did not finish within 0.4 s').and.include('slow');
    expect((await shell.exec('echo still here')).stdout).to.equal('still here\n');
  });

  it('are given up when aborted', async () => {
    const started = performance.now();
    const running = reasonOf(
      shell.exec('echo go; sleep 5', {
        onLine: () => {
          abort.abort(new Error('enough'));
        },
      }),
    );
    expect(await running).to.have.property('message', 'enough');
    expect(performance.now() - started).to.be.below(4000);
    expect(await reasonOf(shell.exec('true'))).to.have.property('message', 'enough');
  });

  it('tell of a host that goes away', async () => {
    // the session's process is ended only once the command runs
    const error = await failureOf(
      shell.exec('echo go; sleep 5', {
        onLine: () => {
          void server.session().then((pid) => kill(pid));
        },
      }),
    );
    expect(error.code).to.equal('SSH_LOST');
    expect(error.message).to.include("the connection was lost while running 'echo go; sleep 5'");
    expect(shell.closed).to.equal(true);
    expect((await failureOf(shell.exec('true'))).code).to.equal('SSH_LOST');
  });

  it('run side by side', async () => {
    const results = await Promise.all([1, 2, 3, 4].map((number) => shell.exec(`echo ${number}`)));
    expect(results.map((result) => result.stdout.trim())).to.deep.equal(['1', '2', '3', '4']);
  });

  it('write a file with its mode, whole or not at all', async () => {
    const path = join(shop.folder, "a file's name");
    const data = randomBytes(100_000);
    await shell.upload(path, data, 0o640);
    expect((await readFile(path)).equals(data)).to.equal(true);
    expect((await stat(path)).mode & 0o777).to.equal(0o640);
    const error = await failureOf(shell.upload(join(shop.folder, 'missing', 'file'), 'x', 0o600));
    expect(error.message).to.include('writing').and.include('missing/file');
    expect((await readdir(shop.folder)).filter((name) => name.endsWith('.part'))).to.deep.equal([]);
  });
});

/** Holds back what the server says until it has been silent for a while, then passes it on in one piece. */
async function lumpingProxy(target: number): Promise<{ port: number; close(): Promise<void> }> {
  const proxy = createServer((client) => {
    const upstream = connectTo(target, '127.0.0.1');
    let held: Buffer[] = [];
    let timer: NodeJS.Timeout | undefined;
    upstream.on('data', (data) => {
      held.push(data);
      clearTimeout(timer);
      timer = setTimeout(() => {
        client.write(Buffer.concat(held));
        held = [];
      }, 400);
    });
    client.pipe(upstream);
    for (const end of [client, upstream]) {
      end.on('error', () => undefined);
      end.on('close', () => {
        clearTimeout(timer);
        client.destroy();
        upstream.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => {
    proxy.listen(0, '127.0.0.1', resolve);
  });
  const { port } = proxy.address() as AddressInfo;
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        proxy.close(() => {
          resolve();
        });
      }),
  };
}
