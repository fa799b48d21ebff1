import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync, readFileSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';

import { expect } from 'chai';

import { program, succeed } from '../helpers/cli.js';
import { openLab, type Lab } from '../helpers/lab.js';
import { skip } from '../helpers/skip.js';
import { builtOrSkipped } from '../integration/go-rpc/program.js';
import { LabCloud } from '../integration/plugins/lab-cloud.js';
import { buildDockerMachine } from '../stand-ins/docker-machine/build.js';
import { buildLabPlugin } from '../stand-ins/go-machine/build.js';
import { cloudOf } from './lab-cloud-of.js';

describe('Docker Machine beside tsmachine', function () {
  this.timeout(600_000);
  let lab: Lab;
  let cloud: LabCloud;
  let store: string;
  let dockerMachine: string;
  let images = '';

  before(async function () {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) skip(this, 'nspawn machines need root on Linux');
    dockerMachine = await builtOrSkipped(this, buildDockerMachine);
    const plugin = await builtOrSkipped(this, buildLabPlugin);
    lab = await openLab();
    images = await imageForDockerMachine(lab);
    for (const name of ['lab', 'dm']) useImages(join(lab.dir, name), images);
    store = join(lab.dir, 'dm');
    symlinkSync(plugin, join(lab.dir, 'docker-machine-driver-lab'));
    symlinkSync(program, join(lab.dir, 'docker-machine-driver-nspawn'));
    cloud = await LabCloud.open(cloudOf(lab, { suite: 'bookworm' }));
  });
  afterEach(async () => {
    // what a failed test left
    const { stdout } = await line('ls', '-q');
    for (const name of stdout.split('\n')) if (name !== '') await line('rm', '-f', '-y', name);
  });
  after(async () => {
    (cloud as LabCloud | undefined)?.close();
    await (lab as Lab | undefined)?.close();
    if (images !== '') rmSync(images, { recursive: true, force: true });
  });

  const env = () => ({ ...process.env, PATH: `${lab.dir}${delimiter}${process.env['PATH'] ?? ''}`, MACHINE_STORAGE_PATH: store });
  const old = async (...args: string[]) => {
    // the cloud answers while it runs
    const child = spawn(dockerMachine, args, { env: env(), stdio: ['ignore', 'pipe', 'pipe'] });
    const out = { stdout: '', stderr: '' };
    for (const to of ['stdout', 'stderr'] as const) child[to].setEncoding('utf8').on('data', (text: string) => (out[to] += text));
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`docker-machine ${args.join(' ')} ended with ${code ?? '?'}\n${out.stdout}${out.stderr}`);
    return out;
  };
  const line = (...args: string[]) => succeed(args, { store, env: env() });

  it('creates, lists, stops and removes a machine of a driver that we serve', async () => {
    const made = await old('create', '-d', 'nspawn', '--nspawn-suite', 'bookworm', '--nspawn-engine', 'image', 'n1');
    expect(made.stdout).to.include('Docker is up and running!');
    expect((await old('ls')).stdout).to.match(/^n1 +- +nspawn +Running +tcp:\/\/[\d.]+:2376 +v20\.10/m);
    expect((await line('ls')).stdout).to.match(/^n1 +- +nspawn +Running +tcp:\/\/[\d.]+:2376 +v20\.10/m);
    await old('stop', 'n1');
    expect((await old('status', 'n1')).stdout).to.equal('Stopped\n');
    await old('start', 'n1');
    expect((await line('status', 'n1')).stdout.trim()).to.equal('Running');
    await old('rm', '-y', 'n1');
    expect((await old('ls', '-q')).stdout).to.equal('');
    expect((await line('gc', '--dry-run')).stdout).to.not.include('n1');
  });

  it('has made a machine of a plugin, which we use where it is', async () => {
    await old('create', '-d', 'lab', '--lab-url', cloud.url, '--lab-token', 'very-secret-token', 'p1');
    expect((await line('ls')).stdout).to.match(/^p1 +- +lab +Running +tcp:\/\/[\d.]+:2376 +v20\.10/m);
    await line('stop', 'p1');
    await line('start', 'p1');
    expect(readFileSync(join(store, 'machines', 'p1', 'config.json'), 'utf8')).to.include('"ID": 9007199254740993');
    expect((await old('status', 'p1')).stdout).to.equal('Running\n');
    await line('rm', '-y', 'p1');
    expect((await old('ls', '-q')).stdout).to.equal('');
  });
});

/**
 * Debian's own engine with a unit that Docker Machine can live with: it knows one path of dockerd, and loses a race against docker.socket.
 * @returns a folder of cached images, made of hard links
 */
async function imageForDockerMachine(lab: Lab): Promise<string> {
  const host = await lab.host('warm', { suite: 'bookworm' });
  const image = realpathSync(join(host.machine.ctx.machineDir, 'image'));
  await host.remove();
  const folder = mkdtempSync(join('/var/tmp', 'tsmachine-images-'));
  const own = join(folder, 'nspawn', basename(image));
  mkdirSync(join(folder, 'nspawn'));
  execFileSync('cp', ['-al', image, own]);
  const unit = join(own, 'lib/systemd/system/docker.service');
  const text = readFileSync(unit, 'utf8');
  rmSync(unit); // the other name of this file is the image of every other test
  writeFileSync(
    unit,
    text
      .replace(/^Requires=docker.socket$/m, '')
      .replace(/ docker\.socket/g, '')
      .replace('fd://', 'unix:///run/docker.sock'),
  );
  symlinkSync('/usr/sbin/dockerd', join(own, 'usr/bin/dockerd'));
  symlinkSync('/dev/null', join(own, 'etc/systemd/system/docker.socket'));
  symlinkSync('/lib/systemd/system/docker.service', join(own, 'etc/systemd/system/multi-user.target.wants/docker.service'));
  return folder;
}

function useImages(store: string, images: string): void {
  mkdirSync(store, { recursive: true, mode: 0o700 });
  rmSync(join(store, 'cache'), { force: true });
  symlinkSync(images, join(store, 'cache'));
}
