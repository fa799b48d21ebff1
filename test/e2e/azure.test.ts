import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { runContainer } from '../../src/docker/containers.js';
import { succeed, tsmachine } from '../helpers/cli.js';
import { engineOf, labImage, loadLabImage } from '../helpers/image.js';
import { openLab, type Lab } from '../helpers/lab.js';
import { BackedMachines } from '../stand-ins/arm/backed.js';
import { armStandIn, type ArmStandIn } from '../stand-ins/arm/index.js';

describe('azure, its machines played by hosts that real cloud-init boots', () => {
  let cloud: ArmStandIn;
  let lab: Lab;
  let backed: BackedMachines;
  let store: string;
  let env: Record<string, string>;
  const run = (...args: string[]) => succeed(args, { store, env });

  before(async function () {
    cloud = await armStandIn(this);
    await cloud.reset({ backed: true });
    lab = await openLab();
    backed = new BackedMachines(cloud, lab);
    store = await lab.store('store');
    env = cloud.env(lab.dir);
  });

  after(async () => {
    await tsmachine(['rm', '-f', 'm1', 'w1'], { store, env });
    await backed.close();
    await lab.close();
  });

  it('go from nothing through a swarm and a deallocation to nothing', async () => {
    await run('create', '-d', 'azure', '--azure-allowed-cidr', '10.0.0.0/8', 'm1', 'w1');
    const listed = await run('ls', '-f', '{{.Name}} {{.State}} {{.URL}} {{.DockerVersion}} {{.Error}}');
    const [m1, w1] = listed.stdout.trim().split('\n');
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

    const before = (await run('ip', 'm1', 'w1')).stdout;
    await run('stop', 'w1', 'm1');
    expect((await run('status', 'w1')).stdout).to.equal('Stopped\n');
    expect((await cloud.machines()).map(({ power }) => power)).to.deep.equal(['deallocated', 'deallocated']);
    await run('start', 'm1', 'w1');
    expect((await run('ip', 'm1', 'w1')).stdout, 'addresses are kept').to.equal(before);
    await run('regenerate-certs', '-f', 'm1', 'w1');
    await runsContainer();

    await run('rm', '-y', 'm1', 'w1');
    expect(await cloud.inventory()).to.deep.equal([]);
    expect(await cloud.violations()).to.deep.equal([]);
  });

  /** Programs on the machine can read the key that came with the custom data. */
  async function expectAnotherHostKey(): Promise<void> {
    const { stdout } = await run('ssh', 'm1', 'cat /etc/ssh/ssh_host_ed25519_key.pub');
    const [, key = ''] = stdout.split(' ');
    expect(await readFile(join(store, 'machines', 'm1', 'known_hosts'), 'utf8')).to.include(key);
    const sent = (await cloud.machines()).map(({ customData }) => Buffer.from(customData ?? '', 'base64').toString('utf8'));
    expect(sent.join('\n')).to.include('ed25519_private').and.not.to.include(key);
  }

  async function runsContainer(): Promise<void> {
    const engine = await engineOf(store, 'm1', (await run('url', 'm1')).stdout.trim());
    await loadLabImage(engine);
    expect(await runContainer(engine, { image: labImage, cmd: ['echo', 'hello'] })).to.include({ exitCode: 0, stdout: 'hello\n' });
    engine.close();
  }
});
