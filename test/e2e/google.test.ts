import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { runContainer } from '../../src/docker/containers.js';
import { succeed, tsmachine } from '../helpers/cli.js';
import { engineOf, labImage, loadLabImage } from '../helpers/image.js';
import { openLab, type Lab } from '../helpers/lab.js';
import { BackedInstances } from '../stand-ins/gce/backed.js';
import { gceStandIn, type GceStandIn } from '../stand-ins/gce/index.js';

describe('google, its instances played by hosts that real cloud-init boots', () => {
  let cloud: GceStandIn;
  let lab: Lab;
  let backed: BackedInstances;
  let store: string;
  let env: Record<string, string>;
  const run = (...args: string[]) => succeed(args, { store, env });

  before(async function () {
    cloud = await gceStandIn(this);
    await cloud.reset({ backed: true });
    lab = await openLab();
    backed = new BackedInstances(cloud, lab);
    store = await lab.store('store');
    env = cloud.env(lab.dir);
  });

  after(async () => {
    await tsmachine(['rm', '-f', 'm1', 'w1'], { store, env });
    await backed.close();
    await lab.close();
  });

  it('go from nothing through a swarm and a new address to nothing', async () => {
    await run('create', '-d', 'google', '--google-allowed-cidr', '10.0.0.0/8', 'm1', 'w1');
    const { stdout } = await run('ls', '-f', '{{.Name}} {{.State}} {{.URL}} {{.DockerVersion}} {{.Error}}');
    const [m1, w1] = stdout.trim().split('\n');
    expect(m1).to.match(/^m1 Running tcp:\/\/10\.[\d.]+:2376 v\d/);
    expect(w1).to.match(/^w1 Running tcp:\/\/10\.[\d.]+:2376 v\d/);
    expect((await run('ssh', 'm1', 'hostname; id -un')).stdout).to.equal('m1\ndocker-user\n');
    await expectAnotherHostKey();
    expect((await run('env', 'm1')).stdout).to.include('export DOCKER_TLS_VERIFY="1"');
    await runsContainer();

    await run('swarm', 'init', 'm1');
    await run('swarm', 'join', 'w1');
    expect((await run('swarm', 'nodes')).stdout)
      .to.match(/m1.*Ready/i)
      .and.to.match(/w1.*Ready/i);

    const before = await address();
    await run('stop', 'm1', 'w1');
    expect((await run('status', 'w1')).stdout).to.equal('Stopped\n');
    await run('start', 'm1', 'w1');
    expect(await address(), 'the address of m1').not.to.equal(before);
    await run('regenerate-certs', '-f', 'm1', 'w1');
    await runsContainer();

    await run('rm', '-y', 'm1', 'w1');
    expect(await cloud.inventory()).to.deep.equal([]);
    expect(await cloud.violations()).to.deep.equal([]);
  });

  /** Programs on the machine can read the key that came with the user data. */
  async function expectAnotherHostKey(): Promise<void> {
    const { stdout } = await run('ssh', 'm1', 'cat /etc/ssh/ssh_host_ed25519_key.pub; sudo -n cat /var/lib/cloud/instance/user-data.txt');
    const [, key = ''] = stdout.split(' ');
    expect(await readFile(join(store, 'machines', 'm1', 'known_hosts'), 'utf8')).to.include(key);
    expect(stdout.split(key)).to.have.length(2);
    expect(stdout).to.include('ed25519_private');
  }

  async function address(): Promise<string> {
    return (await run('ip', 'm1')).stdout.trim();
  }

  async function runsContainer(): Promise<void> {
    const engine = await engineOf(store, 'm1', (await run('url', 'm1')).stdout.trim());
    await loadLabImage(engine);
    expect(await runContainer(engine, { image: labImage, cmd: ['echo', 'hello'] })).to.include({ exitCode: 0, stdout: 'hello\n' });
    engine.close();
  }
});
