import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { program, tsmachine } from '../../helpers/cli.js';
import { StandIn } from '../../stand-ins/hyperv/index.js';
import { skip } from '../../helpers/skip.js';

const address = '192.0.2.7';
const root = join(import.meta.dirname, '..', '..', '..');

/** Command line, guest and impostor are in a network of their own: the port of SSH is free there, and so is the address. */
describe('hyperv: somebody else answers where the guest should', () => {
  const network = `tsm-impostor-${process.pid}`;
  let dir: string;
  let store: string;
  let standIn: StandIn;
  let link: string;
  let server: ChildProcess | undefined;
  let heard: string;
  const ip = (...args: string[]) => {
    const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
  };

  before(async function () {
    if (process.getuid?.() !== 0) skip(this, 'a network of its own needs root');
    if (spawnSync('ip', ['netns', 'add', network]).status !== 0) skip(this, 'no network name space can be made here (ip netns add)');
    ip('-n', network, 'link', 'set', 'lo', 'up');
    ip('-n', network, 'address', 'add', `${address}/32`, 'dev', 'lo');
    dir = mkdtempSync(join(tmpdir(), 'hyperv-'));
    store = join(dir, 'store');
    link = join(dir, 'tsmachine');
    writeFileSync(link, `#!/bin/sh\nexec ip netns exec ${network} '${process.execPath}' '${program}' "$@"\n`);
    chmodSync(link, 0o755);
    standIn = await StandIn.open(dir);
    const world = standIn.world();
    standIn.write({ ...world, global: { ...world.global, imagined: address } });
    await listen();
  });
  after(async () => {
    if (server) {
      const gone = new Promise((resolve) => server?.once('exit', resolve));
      server.kill();
      await gone;
    }
    spawnSync('ip', ['netns', 'del', network]);
    if (dir) rmSync(dir, { recursive: true, force: true });
  });

  async function listen(): Promise<void> {
    heard = '';
    const args = ['netns', 'exec', network, process.execPath, '--import', 'tsx', join(root, 'test', 'helpers', 'ssh-impostor.ts'), address];
    const child = spawn('ip', args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    server = child;
    await new Promise<void>((resolve, reject) => {
      child.once('exit', (code) => {
        reject(new Error(`the impostor ended with ${code ?? '?'}`));
      });
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        heard += text;
        if (heard.endsWith('\n')) resolve();
      });
    });
  }

  it('the first connection of a create is the last: nothing is said to it, and nothing of it is believed', async () => {
    const image = join(dir, 'image.raw');
    writeFileSync(image, 'x');
    truncateSync(image, 2 ** 20);
    const { code, stderr, seconds } = await tsmachine(['create', '-d', 'hyperv', '--hyperv-image', image, 'm1'], {
      store,
      env: standIn.env,
      link,
    });
    expect(code, stderr).to.equal(1);
    expect(stderr).to.match(/host key/i);
    expect(seconds).to.be.below(60);
    expect(standIn.calls().map(({ script }) => script)).to.include('addresses');
    expect(heard).to.match(/^listening SHA256:\S+\n$/);
    expect(stderr).to.include(heard.trim().split(' ')[1]);
    const machine = join(store, 'machines', 'm1');
    const [pin, ...others] = readFileSync(join(machine, 'known_hosts'), 'utf8').trim().split('\n');
    expect(others).to.deep.equal([]);
    const own = readFileSync(join(machine, 'ssh_host_ed25519_key.pub'), 'utf8').split(' ').slice(0, 2);
    expect(pin?.split(' ').slice(0, 3)).to.deep.equal(['m1', ...own]);
  });
});
