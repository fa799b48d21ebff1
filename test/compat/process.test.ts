import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlink } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { expect } from 'chai';

import { program, tsmachine } from '../helpers/cli.js';
import { scratch } from '../helpers/scratch.js';

/** What only a process of its own can show: signals, closed pipes, exit statuses, the environment. */
describe('compatibility: the process', () => {
  const store = scratch();
  const folder = scratch();

  it('ends with the status of the command', async () => {
    expect(await tsmachine(['version'], { store })).to.deep.include({ code: 0, stderr: '' });
    expect(await tsmachine(['ls', '--bogus'], { store })).to.deep.include({ code: 2, stdout: '' });
    expect(await tsmachine(['status', 'nope'], { store })).to.deep.include({ code: 1, stdout: '' });
  });

  it('behaves like Docker Machine when called by a link of that name', async () => {
    const name = join(folder, 'docker-machine');
    await symlink(program, name);
    const result = await promisify(execFile)(name, ['--version'], { env: { PATH: process.env['PATH'] } });
    expect(result).to.deep.include({ stderr: '' });
    expect(result.stdout).to.match(/^docker-machine version \S+, build \S+\n$/);
    const refused = await promisify(execFile)(name, ['create', 'a', 'b']).catch((error: unknown) => error);
    expect(refused)
      .to.include({ code: 1, stdout: '' })
      .and.to.have.property('stderr')
      .that.matches(/^Invalid command line\. Found extra arguments \[b\]\n/);
  });

  it('says what is missing without HOME', async () => {
    const { code, stderr } = await tsmachine(['ls'], { store: '', env: { HOME: '' } });
    expect(code).to.equal(1);
    expect(stderr).to.match(/^The home folder is unknown: HOME is not set\n/);
  });

  describe('that loses its command half-way', () => {
    const planted = (fault: string) => ({
      store,
      env: { NODE_OPTIONS: `--require=${fileURLToPath(new URL('../helpers/planted-fault.cjs', import.meta.url))}`, PLANTED_FAULT: fault },
    });

    it('fails and says so when nothing is left to wait for', async () => {
      const { code, stdout, stderr } = await tsmachine(['ls'], planted('never'));
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
      expect(stderr).to.match(/^The command stopped half-way: it waits for something that can no longer happen\n/);
      const json = await tsmachine(['ls', '--json'], planted('never'));
      expect(json).to.deep.include({ code: 1, stderr: '' });
      expect(JSON.parse(json.stdout)).to.have.nested.property('error.code', 'INTERNAL');
    });

    it('shows an error that nobody caught as any other, without a stack trace and without control characters', async () => {
      const { code, stdout, stderr } = await tsmachine(['ls'], planted('throw'));
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
      expect(stderr).to.equal('planted \\u001b[31m\nRun it again with --debug to see where the error came from\n');
    });
  });

  it('survives a reader that goes away', async () => {
    const child = spawn(process.execPath, [program, 'help', 'create'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const [status] = (await once(child, 'close')) as [number | null];
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' });
  });

  describe('interrupted', () => {
    let silent: Server;
    let connected: Promise<unknown>;

    before(async () => {
      silent = createServer();
      connected = once(silent, 'connection');
      silent.listen(0, '127.0.0.1');
      await once(silent, 'listening');
    });
    after(() => {
      silent.close();
    });

    it('ends in order with 130 and says how to go on', async () => {
      const { port } = silent.address() as AddressInfo;
      const args = ['create', '-d', 'generic', '--generic-ip-address', '127.0.0.1', '--generic-ssh-port', String(port), 'm1'];
      const result = await tsmachine(args, {
        store,
        onStart: (pid) => {
          connected.then(
            () => process.kill(pid, 'SIGINT'),
            () => undefined,
          );
        },
      });
      expect(result).to.include({ code: 130, signal: null });
      expect(result.stderr).to.match(/Interrupted\nRun the same command again to continue, or remove what was made: tsmachine rm -y m1\n$/);
      expect((await tsmachine(['rm', '-y', 'm1'], { store })).code).to.equal(0);
    });
  });
});
