import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { openContexts } from '../../src/docker/contexts.js';
import { openEngine } from '../../src/docker/client.js';
import { succeed, tsmachine } from '../helpers/cli.js';
import { openLab, type Lab } from '../helpers/lab.js';
import { importSwarmImage, swarmImage, swarmProgram } from '../helpers/swarm-image.js';

/** A machine loses its address as it does in life: its store is not there for a while (a disk that is not mounted), and another machine is made. */
describe('a machine that comes back under another address', () => {
  const range = '10.211.99.0/29';
  const later = '10.211.99.4';
  const swarm = ['--swarm', '--swarm-image', swarmImage, '--swarm-discovery', 'consul://192.0.2.1:8500'];
  let lab: Lab;
  let store: string;
  let other: string;
  let env: NodeJS.ProcessEnv;
  let first: string;

  before(async () => {
    lab = await openLab();
    [store, other] = await Promise.all([lab.store('store'), lab.store('other')]);
    env = { DOCKER_CONFIG: join(lab.dir, 'docker') };
    const create = ['create', '-d', 'nspawn', '--nspawn-cidr', range, '--tls-san', later, ...swarm, 'moved'];
    expect((await tsmachine(create, { store })).stderr).to.contain(`load ${swarmImage} into the engine`);
    await succeed(['ssh', 'moved', importSwarmImage], { store, input: swarmProgram });
    await succeed(create, { store });
    first = await ip();
    await succeed(['context', 'create', 'moved'], { store, env });
  });
  after(async () => {
    await tsmachine(['rm', '-f', 'moved'], { store, env });
    await tsmachine(['rm', '-f', 'squatter', 'second'], { store: other, env });
    await lab.close();
  });

  const ip = async () => (await succeed(['ip', 'moved'], { store })).stdout.trim();
  const contexts = () => openContexts(env['DOCKER_CONFIG'] ?? '');
  const advertised = async () => (await succeed(['ssh', 'moved', "docker inspect -f '{{json .Args}}' swarm-agent"], { store })).stdout;
  const loseAddress = async (to: string) => {
    await succeed(['stop', 'moved'], { store });
    await rename(store, `${store}.unmounted`);
    await succeed(['create', '-d', 'nspawn', '--nspawn-cidr', range, to], { store: other });
    await rename(`${store}.unmounted`, store);
  };

  /** What clients have in hand: the environment, the context, the certificate, the SSH pin, the swarm's members. */
  async function expectReachableAt(address: string): Promise<void> {
    const url = `tcp://${address}:2376`;
    expect(await ip()).to.equal(address);
    expect((await succeed(['env', 'moved'], { store })).stdout).to.contain(`DOCKER_HOST="${url}"`);
    expect((await succeed(['url', 'moved'], { store })).stdout).to.equal(`${url}\n`);
    const context = await contexts().find('moved');
    expect(context?.host).to.equal(url);
    expect(JSON.parse((await succeed(['context', 'ls', '--json'], { store, env })).stdout)).to.deep.include.members([
      { context: 'moved', machine: 'moved', host: url, state: 'ok', current: false },
    ]);
    const { ca = '', cert = '', key = '' } = await contexts().tls('moved');
    const engine = openEngine({ url: context?.host ?? '', ca, cert, key, machine: 'moved' });
    try {
      expect((await engine.version()).Version).to.match(/^\d/);
    } finally {
      engine.close();
    }
    expect(await advertised()).to.contain(`"${address}:2376"`);
    expect((await succeed(['doctor', 'moved'], { store, env })).code).to.equal(0);
    expect(JSON.parse(await readFile(join(store, 'machines', 'moved', 'config.json'), 'utf8'))).to.have.nested.property(
      'Driver.IPAddress',
      address,
    );
  }

  it('is found where it is by everything that knew the old one, after start', async () => {
    await loseAddress('squatter');
    const { stdout, stderr } = await succeed(['start', 'moved'], { store, env });
    expect(stderr).to.contain(`The address ${first} has been taken`);
    expect(stdout + stderr).to.contain('Docker context "moved" now leads to moved at tcp://');
    expect((await succeed(['ip', 'squatter'], { store: other })).stdout.trim()).to.equal(first);
    await expectReachableAt('10.211.99.3');
  });

  it('is so after restart too, where its certificate was good for that address already', async () => {
    await loseAddress('second');
    const certificate = () => readFile(join(store, 'machines', 'moved', 'server.pem'), 'utf8');
    const before = await certificate();
    await succeed(['restart', 'moved'], { store, env });
    await expectReachableAt(later);
    expect(await certificate()).to.equal(before);
  });
});
