import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import type { SshEndpoint } from '../../../src/base/shell.js';
import { pinHostKey, readHostKeys } from '../../../src/ssh/trust/known-hosts.js';
import { quote } from '../../../src/base/quote.js';
import { skip } from '../../helpers/skip.js';
import { me, needSshd, workshop, type Sshd, type Workshop } from '../../helpers/sshd.js';

const runner = fileURLToPath(new URL('../../fixtures/ssh-session.ts', import.meta.url));

interface Result {
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

describe('a session', function () {
  this.timeout(30_000);
  let shop: Workshop;
  let server: Sshd;
  let key: string;
  let file: string;
  let home: string;
  let count = 0;

  before(async function () {
    needSshd(this);
    shop = await workshop();
    key = await shop.key('the 100% right key');
    server = await shop.sshd({ authorized: [key], settings: ['AcceptEnv TSM_TEST'] });
  });
  after(async () => {
    await shop.clean();
  });
  beforeEach(async () => {
    // a blank and a percent sign: both mean something inside ssh's settings
    file = join(shop.folder, `known % hosts ${(count += 1)}`);
    home = join(shop.folder, `home-${count}`);
    await mkdir(join(home, '.ssh'), { recursive: true });
    await writeFile(join(home, '.ssh', 'config'), 'Host *\n');
  });

  const words = (
    args: readonly string[],
    { endpoint = {}, native = false }: { endpoint?: Partial<SshEndpoint>; native?: boolean } = {},
  ): string[] => [
    '--import=tsx',
    runner,
    JSON.stringify({ host: '127.0.0.1', port: server.port, user: me, keyPath: key, ...endpoint }),
    JSON.stringify({ knownHostsFile: file, args, native }),
  ];
  const start = (program: string, args: readonly string[], input: string | Buffer): Promise<Result> =>
    new Promise((resolve) => {
      const child = spawn(program, args, { env: { PATH: process.env['PATH'], HOME: home, TERM: 'xterm' } });
      const stdout: Buffer[] = [];
      let stderr = '';
      child.stdout.on('data', (data: Buffer) => {
        stdout.push(data);
      });
      child.stderr.on('data', (data: Buffer) => {
        stderr += data.toString();
      });
      child.on('close', (status) => {
        resolve({ status, stdout: Buffer.concat(stdout), stderr });
      });
      child.stdin.on('error', () => undefined);
      child.stdin.end(input);
    });
  const session = (args: readonly string[], options: Parameters<typeof words>[1] & { input?: string | Buffer } = {}): Promise<Result> =>
    start(process.execPath, words(args, options), options.input ?? '');

  for (const native of [false, true]) {
    describe(native ? 'with the built-in client' : "with the system's ssh", () => {
      it('runs one command and returns its status', async () => {
        const result = await session(['echo out; echo err >&2;', 'exit', '7'], { native });
        expect(result.status).to.equal(7);
        expect(result.stdout.toString()).to.equal('out\n');
        expect(result.stderr).to.include('err\n');
      });

      it('joins its arguments with blanks, as ssh does', async () => {
        const result = await session(['echo', '$((6 * 7))', 'a   b'], { native });
        expect(result.stdout.toString()).to.equal('42 a b\n');
      });

      it('passes input through, whatever it holds', async () => {
        const data = randomBytes(3_000_000);
        const result = await session(['cat'], { native, input: data });
        expect(result.status).to.equal(0);
        expect(result.stdout.equals(data)).to.equal(true);
      });

      it('pins the key at the first visit and refuses another one later', async () => {
        expect((await session(['true'], { native })).status).to.equal(0);
        expect((await readHostKeys(file, { host: 'm1' }))[0]?.base64).to.equal(server.hostKey.split(' ')[1]);
        expect((await session(['true'], { native })).stderr).to.equal('');
        const wrong = (await readFile(`${await shop.key(`another-${count}`)}.pub`, 'utf8')).trim();
        await writeFile(file, `m1 ${wrong}\n`);
        const refused = await session(['true'], { native });
        expect(refused.status).to.not.equal(0);
        expect(refused.stderr).to.match(/host key.*changed|HOST IDENTIFICATION HAS CHANGED/i);
      });

      it('goes through jump hosts whose keys are pinned for this machine', async () => {
        const [one, two] = [await shop.sshd({ authorized: [key] }), await shop.sshd({ authorized: [key] })];
        const jump = [`${me}@127.0.0.1:${one.port}`, `${me}@127.0.0.1:${two.port}`];
        const result = await session(['echo through'], { native, endpoint: { jump } });
        expect(result.stderr).to.not.include('Permission denied');
        expect(result.stdout.toString()).to.equal('through\n');
        // the system's ssh goes there once more before: to see the host's key
        expect([one.accepted(), two.accepted()]).to.deep.equal(native ? [1, 1] : [2, 2]);
        expect(await readHostKeys(file, { host: '127.0.0.1', port: one.port })).to.have.length(1);
        await pinHostKey(file, { host: '127.0.0.1', port: two.port }, server.hostKey);
        const line = `[127.0.0.1]:${two.port} ${two.hostKey}\n`;
        await writeFile(file, (await readFile(file, 'utf8')).replace(line, ''));
        expect((await session(['echo through'], { native, endpoint: { jump } })).stdout.toString()).to.equal('');
        await one.stop();
        await two.stop();
      });

      it('opens a shell with a terminal, and leaves the terminal as it was', async function () {
        try {
          execFileSync('script', ['--version'], { stdio: 'ignore' });
        } catch {
          skip(this, 'script (Debian: bsdutils) is not installed');
        }
        const here = join(shop.folder, `terminal-${count}`);
        const line = `tty > ${quote(here)}; ${quote(process.execPath, ...words([], { native }))}; echo "status $?"; stty -a`;
        // the host is this computer: from there the shell looks at the terminal here
        const result = await start('script', ['-qec', line, '/dev/null'], `tty; stty -a < "$(cat ${quote(here)})"; exit 9\n`);
        const [during = '', after = ''] = result.stdout.toString().split('status 9');
        expect(during).to.match(/\/dev\/pts\/\d+/);
        expect(during)
          .to.match(/-icanon\b/)
          .and.match(/-isig\b/);
        expect(after)
          .to.match(/\sicanon/)
          .and.match(/\sisig/)
          .and.match(/\secho\s/);
      });
    });
  }

  it("with the system's ssh takes ssh options before the command", async () => {
    const result = await session(['-o', 'SetEnv=TSM_TEST=yes', '--', 'echo', '$TSM_TEST']);
    expect(result.stdout.toString()).to.equal('yes\n');
  });

  it("with the system's ssh honours the user's configuration", async () => {
    await writeFile(join(home, '.ssh', 'config'), 'Host box\n HostName 127.0.0.1\n SetEnv TSM_TEST=configured\n');
    const result = await session(['echo $TSM_TEST'], { endpoint: { host: 'box' } });
    expect(result.stdout.toString()).to.equal('configured\n');
  });

  it("with the system's ssh takes the key over that the user's own ssh knows", async () => {
    await writeFile(join(home, '.ssh', 'known_hosts'), `[127.0.0.1]:${server.port} ${server.hostKey}\n`);
    const result = await session(['true']);
    expect(result).to.include({ status: 0, stderr: '' });
  });

  it('with the built-in client says what it cannot do', async () => {
    const result = await session(['-A'], { native: true });
    expect(result.stderr).to.include('FLAG_INVALID').and.include('-A');
  });

  it('uses the built-in client where there is no ssh', async () => {
    const child = await new Promise<Result>((resolve) => {
      const process_ = spawn(process.execPath, words(['echo', 'here']), { env: { PATH: shop.folder, HOME: shop.home } });
      const stdout: Buffer[] = [];
      process_.stdout.on('data', (data: Buffer) => {
        stdout.push(data);
      });
      process_.on('close', (status) => {
        resolve({ status, stdout: Buffer.concat(stdout), stderr: '' });
      });
      process_.stdin.end();
    });
    expect(child.stdout.toString()).to.equal('here\n');
  });
});
